import { isRight } from '../../answers/compare.ts'
import type { Task } from '../../schemas/task.ts'
import { type Numeral, numeralsIn } from '../../words/numerals.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { wordsIn } from '../../words/words.ts'

/** Characters of a conclusion; what is longer explains. */
const longest = 60

/** The answer that a thought states outright, if it is short, from the last sentence that states one; else null. */
export function concluded(thought: string): string | null {
  const said = sentencesOf(spoken(thought)).flatMap(outright).at(-1)
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
const unreal = /\b(?:not|n['’]t|if|whether|would|could|might|may)\b/i
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
  if (own.length > 0 || said.length > 0) return own.length === said.length && !areNear(said, own)
  const names = [conclusion, given].map(text => text.replace(/[*"“”]/g, ''))
  return names.every(isName) && !mayBeSame(names[0] ?? '', names[1] ?? '')
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
const isName = (text: string): boolean =>
  /^(?:the )?\p{Lu}[\p{L}’'.-]*(?: (?:(?:of|the|and|de|la|le|da|do|du|von|van) )*\p{Lu}[\p{L}’'.-]*)*$/u.test(
    text,
  ) && !/['’]s\b/.test(text)

/** One name may be short for the other, or derived from it: `USA`, `Italian` of `Italy`. */
function mayBeSame(a: string, b: string): boolean {
  const words = (text: string) => wordsIn(text.replace(/^the /, ''), 'mention')
  const initials = (text: string) => (text.match(/\b\p{Lu}/gu) ?? []).join('').toLowerCase()
  return (
    words(a).some(one => words(b).some(other => one.slice(0, 3) === other.slice(0, 3))) ||
    initials(a) === words(b).join('') ||
    initials(b) === words(a).join('')
  )
}
