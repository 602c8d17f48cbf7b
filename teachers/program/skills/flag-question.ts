import { type FactKind, factKinds } from './facts.ts'

/** What to do with the facts: state the only one, divide the first by the second, or set two countries against each other. */
export type Work = 'state' | 'divide' | 'percent' | 'compare' | 'which' | 'difference' | 'sum' | 'ratio'

/** What a question about flags comes down to. */
export interface Plan {
  flags: 1 | 2
  /** Looked up for every flag. */
  facts: FactKind[]
  work: Work
  /** Decimals asked for, or null where the question does not say. */
  decimals: number | null
  /** Where in the image the flag is, among others; null where no other is with it. */
  place: Place | null
}

export interface Place {
  vertical: 'top' | 'bottom'
  horizontal: 'left' | 'right'
}

/** How to work a question about one or two flags out, or null for one that it does not understand. */
export function planOf(question: string): Plan | null {
  const place = placeIn(question)
  const two = /\b(two|both|side by side|second)\b[^.?]*\bflags?\b|\bflags\b/i.test(question)
  const flags = two && !place ? 2 : 1
  const facts = factsIn(question)
  const work = flags === 2 ? betweenTwo(question) : ofOne(question, facts)
  const enough = flags === 2 ? facts.length === 1 : facts.length === (work === 'state' ? 1 : 2)
  return work && enough ? { flags, facts, work, decimals: decimalsIn(question), place } : null
}

/** "the flag at the top left", and the like. */
function placeIn(question: string): Place | null {
  const [, vertical, horizontal] =
    /\bflag\b[^.?]*\b(top|upper|bottom|lower)[- ](left|right)\b/i.exec(question) ?? []
  if (!vertical || !horizontal) return null
  return {
    vertical: /top|upper/i.test(vertical) ? 'top' : 'bottom',
    horizontal: /left/i.test(horizontal) ? 'left' : 'right',
  }
}

/** The facts a question names, in its order. A word that a more special fact explains counts once. */
function factsIn(question: string): FactKind[] {
  if (/\bdensity\b/i.test(question)) return named('population', 'total area')
  let rest = question
  const found: { at: number; kind: FactKind }[] = []
  for (const kind of factKinds) {
    const at = rest.search(kind.asked)
    if (at < 0) continue
    found.push({ at, kind })
    rest = rest.replace(new RegExp(kind.asked, 'gi'), words => '_'.repeat(words.length))
  }
  return found.sort((a, b) => a.at - b.at).map(({ kind }) => kind)
}

const named = (...names: string[]): FactKind[] => factKinds.filter(({ name }) => names.includes(name))

function ofOne(question: string, facts: FactKind[]): Work | null {
  if (/\b(percent(age)?|share|per cent)\b|%/i.test(question)) return 'percent'
  if (facts.length === 2) return 'divide'
  return facts.length === 1 ? 'state' : null
}

function betweenTwo(question: string): Work | null {
  const which = /\bwhich\b/i.test(question)
  if (which && /\b(by how (many|much)|left N)\b/i.test(question)) return 'compare'
  if (/\b(how many times|ratio|times as)\b/i.test(question)) return 'ratio'
  if (which) return 'which'
  if (/\b(difference|differ|how (many|much) (more|longer|larger|higher|greater))\b/i.test(question))
    return 'difference'
  return /\b(together|combined|sum|total|in all|add)\b/i.test(question) ? 'sum' : null
}

const numerals: Record<string, number> = { no: 0, one: 1, two: 2, three: 3, four: 4 }

function decimalsIn(question: string): number | null {
  if (/\b(nearest|whole) (whole|integer|number|kilomet|met)/i.test(question)) return 0
  const [, count] = /\b(no|one|two|three|four|\d) decimals?\b/i.exec(question) ?? []
  return count === undefined ? null : (numerals[count.toLowerCase()] ?? Number(count))
}
