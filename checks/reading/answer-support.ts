import { lettered } from '../../answers/compare/choice.ts'
import { keyOf } from '../../answers/reading/plain.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Observation, Trajectory } from '../../schemas/trajectory.ts'
import { derivation } from '../../words/derivation.ts'
import { type Numeral, numbersIn, numeralsIn, says } from '../../words/numerals.ts'
import { holdsWords, speaksOf, wordsIn } from '../../words/words.ts'
import { gave, type TurnRead, unescaped } from './turns-read.ts'

/** What an answer rests on: where, and how it follows. */
export interface Support {
  turn: number
  how: string
}

/** Distinct numbers of one turn's observations that are few enough to be meant without being named. */
const few = 6

/**
 * The observations that an answer rests on, or null. A number is there as it is or rounded, follows by simple
 * arithmetic from numbers that are there and that the last thought or the question names, or counts something that is
 * there. A text is there word for word, or all its words in one turn. An answer that can only be decided (yes or no,
 * one of the question's own alternatives) rests on any observation. A picture can show anything, so it supports what
 * words do not.
 */
export function supportOf(
  answer: string,
  trajectory: Trajectory,
  steps: readonly TurnRead[],
): Support | null {
  const text = lettered(answer, trajectory.task.choices ?? []) ?? answer
  const given = numeralsIn(text).length > 0 ? numeralsIn(text) : wholeNumber(text)
  const found = given.length > 0 ? numbersFound(given, trajectory, steps) : wordsFound(text, steps)
  return found ?? decided(text, trajectory, steps) ?? pictured(text, steps)
}

/** `three` is a number, `one of them` is not. */
const wholeNumber = (text: string): Numeral[] =>
  numbersIn(text).filter(number => keyOf(text) === number.text.toLowerCase())

function numbersFound(
  given: readonly Numeral[],
  trajectory: Trajectory,
  steps: readonly TurnRead[],
): Support | null {
  const supports = given.map(
    number =>
      observed(number, steps) ?? computed(number, trajectory, steps) ?? counted(number, trajectory, steps),
  )
  const [first] = supports
  return first && supports.every(support => support !== null) ? first : null
}

function observed(number: Numeral, steps: readonly TurnRead[]): Support | null {
  const step = steps.findLast(({ seen }) => numbersIn(seen).some(seen => says(number, seen)))
  return step ? { turn: step.turn, how: 'observed' } : null
}

/**
 * From what the last thought names, of what was observed or asked, or from all that was observed last if it is little.
 */
function computed(number: Numeral, { task }: Trajectory, steps: readonly TurnRead[]): Support | null {
  const last = steps.findLast(step => step.seen !== '')
  if (!last) return null
  const seen = steps.flatMap(step => numbersIn(step.seen))
  const asked = numbersIn(task.question).map(amount)
  const thought = numbersIn(steps.at(-1)?.thought ?? '')
  const named = thought.filter(name => seen.some(each => says(name, each))).map(amount)
  const read = [...new Set(numbersIn(last.seen).map(amount))]
  const claim = { ...number, percent: number.percent || /\bper ?cent|\bshare\b|%/i.test(task.question) }
  const how =
    (named.length > 0 ? derivation(claim, named, [...asked, 1]) : null) ??
    (read.length <= few ? derivation(claim, read, asked) : null)
  return how === null ? null : { turn: last.turn, how: `computed as ${how}` }
}

const amount = ({ value }: Numeral): number => value

/** How often a word of the question or the last thought occurs, lines, and items of a list in brackets. */
function counted(number: Numeral, trajectory: Trajectory, steps: readonly TurnRead[]): Support | null {
  const names = new Set(wordsIn(`${trajectory.task.question} ${steps.at(-1)?.thought ?? ''}`, 'mention'))
  const step = steps.findLast(({ seen }) => seen !== '' && countsIn(seen, names).has(number.value))
  return step ? { turn: step.turn, how: 'counted' } : null
}

function countsIn(seen: string, names: ReadonlySet<string>): Set<number> {
  const often = new Map<string, number>()
  for (const word of wordsIn(seen, 'mention'))
    if (names.has(word)) often.set(word, (often.get(word) ?? 0) + 1)
  const lists = [...seen.matchAll(/[[({]([^[\](){}]*)[\])}]/g)].map(([, list = '']) =>
    list === '' ? 0 : list.split(',').length,
  )
  return new Set([...often.values(), ...lists, seen.split('\n').filter(Boolean).length])
}

function wordsFound(text: string, steps: readonly TurnRead[]): Support | null {
  const words = wordsIn(text, 'mention')
  if (words.length === 0) return null
  const literal = steps.findLast(({ seen }) => holdsWords(wordsIn(seen, 'mention'), words))
  if (literal) return { turn: literal.turn, how: 'observed' }
  const scattered = steps.findLast(({ seen }) => words.every(word => wordsIn(seen, 'mention').includes(word)))
  return scattered && words.length > 1 ? { turn: scattered.turn, how: 'all words observed' } : null
}

const truth = /^(?:yes|no|true|false)$/

function decided(text: string, { task }: Trajectory, steps: readonly TurnRead[]): Support | null {
  if (!isDecision(text, task, steps)) return null
  const step = steps.findLast(({ observations }) => observations.some(gave))
  return step ? { turn: step.turn, how: 'decided' } : null
}

/** If none of several options was seen, any of them counts as decided; if another one was seen, this one does not. */
function isDecision(text: string, task: Trajectory['task'], steps: readonly TurnRead[]): boolean {
  if (task.answerType === 'boolean' || truth.test(keyOf(text))) return true
  if (task.choices) return !task.choices.some(choice => numbersOrWords(choice, steps))
  return speaksOf(task.question, text)
}

function numbersOrWords(text: string, steps: readonly TurnRead[]): boolean {
  const numbers = numeralsIn(text)
  return numbers.length > 0 ? numbers.every(each => observed(each, steps)) : wordsFound(text, steps) !== null
}

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
  const said = asking.map(({ thought, calls }) => [thought, ...calls.map(call => unescaped(call.arguments))])
  const isSaid = speaksOf(said.flat().join(' '), text)
  return isLooked || isSaid ? { turn: step.turn, how: 'pictured' } : null
}

const isSearch = ({ data }: Observation): boolean => data?.kind === 'results'

const looks =
  /\b(?:images?|image_\d+|pictures?|crop(?:ped)?|zoom(?:ed)?|enlarged|photo|chart|figure|sign|look(?:s|ed|ing)?|see|seen|visible|counted)\b/i
