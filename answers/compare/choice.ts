import { bare, keyOf } from '../reading/plain.ts'
import { type Compare, noTruth, right, wrong } from './key.ts'
import { compareMath } from './math.ts'
import { sameNumber } from './number.ts'

/**
 * One option: by its text, its letter (`B`, `(b)`, `option B`) or both (`B. text`). An answer that can be read as
 * two different options is wrong, whichever of them is right.
 */
export const compareChoice: Compare = (given, task) => {
  const options = task.choices ?? []
  const truth = options.includes(task.answer) ? new Set([keyOf(task.answer)]) : readings(task.answer, options)
  if (truth.size !== 1) return noTruth(task, 'is not one of the options')
  const claim = readings(given, options)
  if (claim.size === 0) return wrong(given, task, 'no_option')
  if (claim.size > 1) return wrong(given, task, 'ambiguous')
  const [meant = ''] = claim
  return truth.has(meant) ? right(given, task) : wrong(given, task)
}

/** Every option, by its key, that an answer may mean. */
function readings(given: string, options: string[]): Set<string> {
  const letter = lettered(given, options)
  const found = [...byText(given, options), ...byOwnLetter(given, options), ...byBoth(given, options)]
  return new Set([...found, ...(letter === null ? [] : [letter])].map(keyOf))
}

/** `B. text` inside an option. */
const ownLetter = /^[([]?([a-z]) ?[)\].:]\s*(.+)$/i

/** The same text, or else the same number. */
function byText(given: string, options: string[]): string[] {
  const text = (option: string) => option.match(ownLetter)?.[2] ?? option
  const key = isArticle(options) ? withoutArticle : keyOf
  const same = options.filter(option => [option, text(option)].some(own => key(own) === key(given)))
  if (same.length > 0) return same
  const numbers = options.filter(option => sameNumber(option, given))
  return numbers.length > 0 ? numbers : options.filter(option => isSameFormula(option, given))
}

/** A capital A is a name where some options begin with it and others do not: `A negative`, `O negative`. */
const isArticle = (options: string[]): boolean =>
  options.every(option => /^(?:an?|the) /i.test(option)) || !options.some(option => /^A /.test(option))

const withoutArticle = (text: string): string => keyOf(bare(text).replace(/^A (?=\p{L})/u, ''))

/** `2√3` is `2\\sqrt{3}`, and `0.1` is `10\\%`. */
const isSameFormula = (option: string, given: string): boolean =>
  /\d/.test(option) &&
  compareMath(given, { question: '', choices: null, answer: option, answerType: 'math', tolerance: null })
    .kind === 'same'

/** The letter a whole answer consists of. */
const letterOf = (given: string): string | undefined =>
  /^(?:(?:option|choice)\s*)?[([]?([a-z]) ?[)\]]?$/i.exec(bare(given))?.[1]?.toLowerCase()

/** The option whose place an answer names by letter, and only by that. */
export function lettered(given: string, options: string[]): string | null {
  const letter = letterOf(given)
  return letter === undefined ? null : (options[placeOf(letter)] ?? null)
}

const placeOf = (letter: string): number => letter.charCodeAt(0) - 'a'.charCodeAt(0)

const byOwnLetter = (given: string, options: string[]): string[] =>
  options.filter(option => option.match(ownLetter)?.[1]?.toLowerCase() === (letterOf(given) ?? ''))

/** `B. text`, `B (text)`, `text (B)`: what the text says, and what the letter says, so that a contradiction shows. */
function byBoth(given: string, options: string[]): string[] {
  const before =
    /^(?:(?:option|choice)\s*)?[([]?(?<letter>[a-z])(?: ?[)\].:]+\s*|\s+-\s+|\s+(?=\())(?<text>.+)$/i
  // Without a sign between them only a capital is a letter, and A may be an article.
  const spaced = /^(?<letter>[B-Z]),?\s+(?<text>.+)$/
  const after = /^(?<text>.+?)\s+[([](?:(?:option|choice)\s*)?(?<letter>[a-z])[)\]]$/i
  const match = [before, after, spaced].map(form => form.exec(bare(given))).find(Boolean)
  const { letter = '', text = '' } = match?.groups ?? {}
  const said = match ? byText(text, options) : []
  const placed = options[placeOf(letter.toLowerCase())]
  return said.length > 0 && placed !== undefined ? [...said, placed] : []
}
