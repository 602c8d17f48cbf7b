import { lettered } from '../../answers/compare/choice.ts'
import { isRight } from '../../answers/compare.ts'
import { keyOf } from '../../answers/reading/plain.ts'
import { imagesIn, type Task } from '../../schemas/task.ts'
import type { Observation, Trajectory } from '../../schemas/trajectory.ts'
import { type Numeral, numbersIn, numeralsIn } from '../../words/numerals.ts'
import { holdsWords, speaksOf, wordsIn } from '../../words/words.ts'
import { numberSupport, type Support } from './number-support.ts'
import { gave, type TurnRead, withoutBackslashes } from './turns-read.ts'

/**
 * The observations that an answer rests on, or null. A number is there as it is or rounded, or is reckoned from numbers
 * that are there or asked by what a thought writes out. A text is there word for word, or all its telling words in one
 * turn. An answer that can only be decided (yes or no, one of the question's own alternatives or of the task's options)
 * rests on any observation. A picture can show anything, so it supports what words do not.
 */
export function supportOf(
  answer: string,
  trajectory: Trajectory,
  steps: readonly TurnRead[],
): Support | null {
  const text = meant(answer, trajectory.task)
  const given = givenIn(text)
  const found =
    given.length > 0 ? numbersFound(given, trajectory, steps) : wordsFound(text, trajectory.task, steps)
  return found ?? decided(text, trajectory, steps) ?? pictured(text, steps)
}

/**
 * Whether an answer says a number. One that nothing supports may have been reckoned, counted or read off all the same.
 */
export const isNumeric = (answer: string): boolean => givenIn(answer).length > 0

/** An answer's option, where it names one by its letter or its text and no other. */
function meant(answer: string, task: Task): string {
  const { choices } = task
  if (!choices) return answer
  const named = [
    choices.filter(choice => isRight(answer, { ...task, answer: choice })),
    choices.filter(choice => speaksOf(answer, choice)),
  ].find(options => options.length === 1)
  return lettered(answer, choices) ?? named?.[0] ?? answer
}

const givenIn = (text: string): Numeral[] => {
  const numerals = numeralsIn(text)
  return numerals.length > 0 ? numerals : wholeNumber(text)
}

/** `three` is a number, `one of them` is not. */
const wholeNumber = (text: string): Numeral[] =>
  numbersIn(text).filter(number => keyOf(text) === number.text.toLowerCase())

/** Numbers of an answer that are looked for: one that says more says them in a list. */
const most = 20

function numbersFound(
  given: readonly Numeral[],
  trajectory: Trajectory,
  steps: readonly TurnRead[],
): Support | null {
  let first: Support | null = null
  for (const number of given.slice(0, most)) {
    const support = numberSupport(number, trajectory, steps)
    if (!support) return null
    first ??= support
  }
  return first
}

/**
 * Word for word, or, in one turn, all the words that tell something and are not the question's own. What has no words,
 * such as `[]`, is there as it stands.
 */
function wordsFound(text: string, { question }: Task, steps: readonly TurnRead[]): Support | null {
  const words = wordsIn(text, 'mention')
  const literal = steps.findLast(({ seen }) =>
    words.length > 0 ? holdsWords(wordsIn(seen, 'mention'), words) : seen.includes(text.trim()),
  )
  if (literal) return { turn: literal.turn, how: 'observed' }
  const own = ownWords(text, question)
  const scattered = steps.findLast(({ seen }) => isSubset(own, new Set(wordsIn(seen, 'mention'))))
  return scattered && words.length > 1 && own.length > 0
    ? { turn: scattered.turn, how: 'all words observed' }
    : null
}

const isSubset = (some: readonly string[], all: ReadonlySet<string>): boolean =>
  some.every(word => all.has(word))

/** Words of an answer that is more than a name: of those only names and numbers tell something. */
const sentence = 5

/** The telling words of an answer that are not the question's own. */
function ownWords(text: string, question: string): string[] {
  const asked = new Set(wordsIn(question, 'mention'))
  const words = wordsIn(text, 'mention')
  return (words.length < sentence ? words : wordsIn(namesIn(text), 'mention')).filter(
    word => !asked.has(word),
  )
}

/**
 * What is written with a capital letter or digits. The word that opens a sentence is a name only before another one or
 * a verb.
 */
const namesIn = (text: string): string =>
  (text.replace(opening, ' ').match(/(?<![\p{L}'’])(?:\p{Lu}|\d)[\p{L}\p{M}\p{N}'’.-]*/gu) ?? []).join(' ')

const opening =
  /(?<=^|[.!?]\s+)(?:The|An?|It|This|That|These|Those|There|He|She|They|We|You|I|Both|All|No|Yes|\p{L}[\p{L}'’]*(?! (?:\p{Lu}|(?:is|was|are|were|has|had|won|lies) ))(?![\p{L}'’]))(?![\p{L}'’])/gu

const truth = /^(?:yes|no|true|false)\b/

function decided(text: string, { task }: Trajectory, steps: readonly TurnRead[]): Support | null {
  if (!isDecision(text, task)) return null
  const step = steps.findLast(({ observations }) => observations.some(gave))
  return step ? { turn: step.turn, how: 'decided' } : null
}

/** Whether another option was seen tells nothing: of 2,000 wrong answers no larger share than of 1,200 right ones. */
function isDecision(text: string, task: Task): boolean {
  if (task.answerType === 'boolean' || truth.test(keyOf(text))) return true
  if (task.choices) return task.choices.includes(text)
  if (numeralsIn(text).length > 0) return /\bor\b/i.test(task.question) && speaksOf(task.question, text)
  return (
    wordsIn(text, 'mention').length > 0 && ownWords(text, task.question).length === 0 && namesAny(text, task)
  )
}

/** A sentence without any name says nothing that the question could have offered. */
const namesAny = (text: string, { question }: Task): boolean =>
  speaksOf(question, text) || namesIn(text) !== ''

/**
 * What a search shows is named by its title; what code shows has no words. Who searched after the last picture did not
 * find the answer in it, unless it was said before, or the last thought speaks of a look.
 */
function pictured(text: string, steps: readonly TurnRead[]): Support | null {
  const at = steps.findLastIndex(({ observations }) =>
    observations.some(each => each.data?.kind !== 'results' && imagesIn(each.parts).length > 0),
  )
  const step = steps[at]
  if (!step) return null
  const asking = steps.slice(at + 1).filter(({ observations }) => observations.some(isSearch))
  const isLooked = asking.length === 0 || looks.test(steps.at(-1)?.thought ?? '')
  const said = asking.map(({ thought, calls }) => [
    thought,
    ...calls.map(call => withoutBackslashes(call.arguments)),
  ])
  const isSaid = speaksOf(said.flat().join(' '), text)
  return isLooked || isSaid ? { turn: step.turn, how: 'pictured' } : null
}

const isSearch = ({ data }: Observation): boolean => data?.kind === 'results'

const looks =
  /\b(?:images?|image_\d+|pictures?|crop(?:ped)?|zoom(?:ed)?|enlarged|photo|chart|figure|sign|look(?:s|ed|ing)?|see|seen|visible|counted)\b/i
