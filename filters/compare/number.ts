import { pass } from '../check.ts'
import { type AnswerKey, type Compare, wrong } from './key.ts'
import { type Quantity, quantity } from './quantity.ts'
import { distance, fromNumber, half, order, powerOfTen, type Rational, size, times } from './rational.ts'
import { compareText } from './text.ts'
import { type UnitWord, unitFits, wordsOf } from './units.ts'

/**
 * Numbers by value. With a tolerance: within that share of the true answer. Without: equal, or, where the true
 * answer is written with decimals, rounding to it. A true answer that is no number is compared as text.
 */
export const compareNumber: Compare = (given, task) => {
  const truth = quantity(task.answer)
  if (!truth) return compareText(given, task)
  const claim = quantity(given)
  if (!claim) return wrong(given, task, 'not_a_number')
  if (claim.hedged && !truth.hedged && task.tolerance === null) return wrong(given, task, 'hedged')
  const question = wordsOf(task.question)
  if (!unitFits(claim.units, truth.units, question)) return wrong(given, task, 'other_unit')
  return agrees(asAsked(claim, truth, question), truth, task) ? pass() : wrong(given, task)
}

const isShare = (words: UnitWord[]): boolean => words.some(word => word.name === '%')

/** Where nobody asked for a percentage, 25 % is a quarter. */
const asAsked = (claim: Quantity, truth: Quantity, question: UnitWord[]): Rational =>
  isShare(claim.units) && !isShare(truth.units) && !isShare(question)
    ? times(claim.value, powerOfTen(-2))
    : claim.value

function agrees(claim: Rational, truth: Quantity, { tolerance }: AnswerKey): boolean {
  const off = distance(claim, truth.value)
  if (tolerance !== null) return order(off, times(size(truth.value), fromNumber(tolerance))) <= 0
  return off.n === 0n || (truth.step !== null && order(off, half(truth.step)) < 0)
}

/** Whether two texts are the same plain number: no unit, no rounding. */
export function sameNumber(a: string, b: string): boolean {
  const [left, right] = [quantity(a), quantity(b)]
  if (!left || !right || left.units.length > 0 || right.units.length > 0) return false
  return !left.hedged && !right.hedged && order(left.value, right.value) === 0
}
