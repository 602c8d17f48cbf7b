import { tidy } from '../reading/plain.ts'
import { asUnits, type UnitWord } from './units.ts'

/**
 * What a question asks a number in. A `unit` is said in so many words, of `kinds` only the dimension is known; a number
 * of things has no unit.
 */
export type AskedUnit =
  | { kind: 'unit'; units: UnitWord[] }
  | { kind: 'kinds'; dimensions: readonly string[] }
  | { kind: 'things' }
  | { kind: 'unsaid' }

/** Words that ask for a quantity, and the dimensions that it may have. */
const nouns: readonly (readonly [words: string, dimensions: readonly string[]])[] = [
  ['area', ['length2']],
  ['volume|capacity', ['length3', 'volume']],
  ['perimeter|length|distance|height|width|depth|thickness|radius|diameter|circumference', ['length']],
  ['altitude|hypotenuse|sides?|far|tall|high|wide|deep|thick', ['length']],
  ['long\\b[^?]{0,80}\\b(?:takes?|took|lasts?|lasted|waits?|waited)', ['time']],
  ['long', ['length', 'time']],
  ['times?|age|old|duration', ['time']],
  ['weight|mass|heavy|weighs?', ['mass']],
  ['costs?|price|pay|paid|profit|salary|earns?|earned|spends?|spent|money|revenue|income', ['money']],
  ['temperature|hot|cold|warm', ['temperature', 'degrees']],
  ['angle', ['degrees']],
  ['probability|chance|likelihood|fraction|proportion|share', ['share']],
  ['speed|fast|velocity|rate', ['speed']],
]
const noun = new RegExp(`\\b(?:${nouns.map(([words], index) => `(?<n${index}>${words})`).join('|')})\\b`, 'i')

const asking = /\b(?:what|how|find|calculate|compute|determine|estimate|evaluate|convert|express)\b/gi
const begins =
  /^\W*(?:find|calculate|compute|determine|estimate|evaluate|convert|express|give|state|write|round|report|answer|use)\b/i

/** A singular `hour` after `in` is when something happens, not what it is counted in. */
const into =
  /\b(?:in|into|to|as)(?<nearest> the nearest)? (?:a (?=percentage)|units? of |whole |full )?(?<rest>[^\s,.;?!]+(?: (?!(?:and|or)\b)[^\s,.;?!]+)?)/gi
const oneTime = /^(?:second|minute|hour|day|week|month|year)\b/i
const inBrackets = /\((?:in |unit: ?)?(?<rest>[^()]{1,20})\)\W*$/
const many =
  /\b(?:how many|number of) (?:(?:more|fewer|less|additional|extra|total|whole|full|different|of the|of) )*(?<rest>\S+(?: (?!(?:and|or)\b)\S+)?)(?: (?:and|or) (?<other>\S+))?/i
const percentage =
  /\b(?:what|which) (?:percent|percentage|per cent)\b|\b(?:percentage|percent) (?:of|is|are)\b|\bhow many per ?cent\b/i

/** Reads which unit is asked for. A unit of what is given is no evidence. Linear in the question. */
export function askedUnit(question: string): AskedUnit {
  const sentences = tidy(question).split(/(?<=[.?!])\s+/)
  const meant = sentences.filter(sentence => sentence.endsWith('?') || begins.test(sentence))
  const heard = (meant.length > 0 ? meant : sentences).slice(-3)
  for (const sentence of heard.toReversed()) {
    const found = saidIn(sentence)
    if (found) return found
  }
  return heard.map(kindIn).findLast(found => found !== null) ?? { kind: 'unsaid' }
}

function saidIn(sentence: string): AskedUnit | null {
  if (percentage.test(sentence)) return { kind: 'unit', units: asUnits('%') }
  const counted = many.exec(sentence)?.groups
  const first = unitAt(counted?.rest)
  if (first) return unitOf([...first, ...(unitAt(counted?.other) ?? [])])
  const named = [...sentence.matchAll(into)].flatMap(({ groups }) =>
    !groups?.nearest && oneTime.test(groups?.rest ?? '') ? [] : [unitAt(groups?.rest)],
  )
  const said = named.findLast(units => units !== null) ?? unitAt(inBrackets.exec(sentence)?.groups?.rest)
  if (said) return unitOf(said)
  return counted ? { kind: 'things' } : null
}

const unitOf = (units: UnitWord[]): AskedUnit => ({ kind: 'unit', units })

/** The units that a text begins with; null where it begins with anything else. */
function unitAt(text: string | undefined): UnitWord[] | null {
  const words = asUnits((text ?? '').replace(/^\(/, '').replace(/\bper\b/gi, '/'))
  const end = words.findIndex(({ dimension }) => dimension === null)
  const units = end < 0 ? words : words.slice(0, end)
  return units.length > 0 && !/^\d/.test(text ?? '') ? units : null
}

/** The first quantity after the last word that asks. */
function kindIn(sentence: string): AskedUnit | null {
  const from = [...sentence.matchAll(asking)].at(-1)?.index ?? 0
  const found = Object.entries(noun.exec(sentence.slice(from))?.groups ?? {}).find(([, word]) => word)
  const dimensions = nouns[Number(found?.[0].slice(1))]?.[1]
  return dimensions ? { kind: 'kinds', dimensions } : null
}
