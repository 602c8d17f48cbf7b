import { isRight } from '../../answers/compare.ts'
import type { Task } from '../../schemas/task.ts'
import { type Numeral, numeralsIn } from '../../words/numerals.ts'
import { sentencesOf } from '../../words/sentences.ts'

/** Characters of a conclusion; what is longer explains. */
const longest = 60

/**
 * The answer that a thought states outright, if it is short, from the last sentence that states one; null if none
 * does. `otherwise` may read the last sentence in another way.
 */
export function concluded(
  thought: string,
  otherwise: (last: string) => string | undefined = () => undefined,
): string | null {
  const sentences = sentencesOf(spoken(thought))
  const said = sentences.flatMap(outright).at(-1) ?? otherwise(sentences.at(-1) ?? '')
  const last = said?.replace(/[.!]+$/, '').trim()
  return last && last.length <= longest ? last : null
}

function outright(sentence: string): string[] {
  const [, said] =
    /\b(?:the |my )?(?:final |correct |right )?(?:answer|option|choice|response)(?: here| then)? (?:is|=|must be|should be|has to be)(?: therefore| thus| then| hence| clearly| simply)?(?: option| choice)? (.+)$/i.exec(
      sentence,
    ) ?? []
  return said && !unreal.test(sentence) ? [said.replace(/, (?:as|which|since|because|for)\b.*$/i, '')] : []
}

/** What states nothing. */
export const unreal = /\b(?:not|n['’]t|if|whether|would|could|might|may)\b/i
/** A colon that announces the answer ends no sentence. */
const spoken = (thought: string): string =>
  thought
    .replace(/\\boxed\{([^{}]*)\}/g, 'The answer is $1.')
    .replace(/\$|\\[()[\]]/g, '')
    .replace(/\\text\{([^{}]*)\}/g, '$1')
    .replace(/\banswer(?: is)?:\*{0,2}\s*/gi, 'answer is ')
    .replace(/\b(conclusion|the question):\s*/gi, '$1, ')

/** Whether what was concluded can only be read as another answer than the given one. In doubt it is not. */
export function isAnother(conclusion: string, given: string, task: Task): boolean {
  if (isRight(conclusion, { ...task, answer: given })) return false
  if (task.choices) return isAnotherOption(conclusion, given, task, task.choices)
  if (task.answerType === 'boolean') {
    const word = /^[*"'“‘`\s]*(yes|no|true|false)\b/i.exec(conclusion)?.[1]
    return word !== undefined && !isRight(word, { ...task, answer: given })
  }
  const [said, own] = [numeralsIn(conclusion), numeralsIn(given)]
  if (own.length > 0 && own.length === said.length) return !areNear(said, own)
  if (own.length > 0 || said.length > 0) return false
  const name = conclusion.replace(/[*"“”]/g, '')
  return isName(name) && isName(given) && !mayBeSame(name, given)
}

/** An option by its words or its letter, other than the given one. What is no option may be told in other words. */
function isAnotherOption(conclusion: string, given: string, task: Task, choices: string[]): boolean {
  const meant = (answer: string) => choices.find(option => isRight(answer, { ...task, answer: option }))
  const [said, own] = [meant(conclusion), meant(given)]
  return said !== undefined && own !== undefined && said !== own
}

/** The same numbers, in whatever order. */
function areNear(some: readonly Numeral[], others: readonly Numeral[]): boolean {
  const sorted = (numerals: readonly Numeral[]) => numerals.map(({ value }) => value).sort((a, b) => a - b)
  const pairs = sorted(others).map((value, index) => [sorted(some)[index] ?? 0, value] as const)
  return pairs.every(([a, b]) => isNear(a, b))
}

/** Rounded, in thousands or as a percentage it may be the same number. */
const isNear = (a: number, b: number): boolean =>
  [1, 100, 0.01, 1e3, 1e-3, 1e6, 1e-6].some(
    factor =>
      Math.abs(a * factor - b) <= 0.05 * Math.abs(b) &&
      (factor !== 1 || !Number.isInteger(a) || !Number.isInteger(b) || a === b),
  )

/** A name and nothing else: capital letters, with small words between. */
export const isName = (text: string): boolean =>
  /^(?:the )?\p{Lu}[\p{L}’'.-]*(?: (?:(?:of|the|and|de|la|le|da|do|du|von|van) )*\p{Lu}[\p{L}’'.-]*)*$/u.test(
    text,
  ) && !/['’]s\b/.test(text)

/** One name may be short for the other, or derived from it: `USA`, `Italian` of `Italy`. */
function mayBeSame(a: string, b: string): boolean {
  const initials = (text: string) => (text.match(/\b\p{Lu}/gu) ?? []).join('')
  const letters = (text: string) =>
    plainName(text)
      .replace(/^the /, '')
      .replace(/[^\p{L}]/gu, '')
  const [one, other] = [letters(a), letters(b)]
  return (
    shareWords(a, b) ||
    one.slice(0, 3) === other.slice(0, 3) ||
    one.includes(other) ||
    other.includes(one) ||
    initials(a).toLowerCase() === other ||
    initials(b).toLowerCase() === one
  )
}

export const plainName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}*"'“”.!]/gu, '')
    .trim()
    .toLowerCase()

function shareWords(a: string, b: string): boolean {
  const words = (text: string): string[] => text.toLowerCase().match(/\p{L}{2,}/gu) ?? []
  return words(a).some(word => words(b).includes(word))
}
