import { tidy } from '../reading/plain.ts'
import { type AnswerKey, type Compare, type Ruling, right, wrong } from './key.ts'
import { type Quantity, quantity } from './quantity.ts'
import { type Range, range } from './range.ts'
import { distance, fromNumber, half, multiplied, order, powerOfTen, type Rational, size } from './rational.ts'
import { compareText } from './text.ts'
import { asUnits, conversion, type UnitWord, unitFits } from './units.ts'

/**
 * Compares numbers by value, and ranges by both ends. With a tolerance, the answer lies within that share of the true
 * one. Without, it is equal, or rounds to the true answer if that is written with decimals. A true answer that is
 * neither number nor range is compared as text.
 */
export const compareNumber: Compare = (given, task) => {
  const truth = quantity(task.answer)
  const claim = quantity(given)
  if (truth) return claim ? compareQuantity(claim, truth, given, task) : wrong(given, task, 'not_a_number')
  const [claimed, ends] = [range(given), range(task.answer)]
  if (!ends || tidy(given) === tidy(task.answer)) return compareText(given, task)
  return claimed ? compareRange(claimed, ends, given, task) : wrong(given, task, 'not_a_range')
}

function compareRange(claim: Range, truth: Range, given: string, task: AnswerKey): Ruling {
  const low = compareQuantity(claim.low, truth.low, given, task)
  return low.kind === 'right' ? compareQuantity(claim.high, truth.high, given, task) : low
}

function compareQuantity(claim: Quantity, truth: Quantity, given: string, task: AnswerKey): Ruling {
  if (claim.hedged && !truth.hedged && task.tolerance === null) return wrong(given, task, 'hedged')
  const question = asUnits(task.question)
  const factor = conversion(claim.units, truth.units, question)
  if (!factor && !unitFits(claim.units, truth.units, question)) return wrong(given, task, 'other_unit')
  const value = factor ? multiplied(claim.value, factor) : asAsked(claim, truth, question)
  return agrees(value, truth, task) ? right : wrong(given, task)
}

const isShare = (words: UnitWord[]): boolean => words.some(word => word.name === '%')

/** Where nobody asked for a percentage, 25 % is a quarter. */
const asAsked = (claim: Quantity, truth: Quantity, question: UnitWord[]): Rational =>
  isShare(claim.units) && !isShare(truth.units) && !isShare(question)
    ? multiplied(claim.value, powerOfTen(-2))
    : claim.value

function agrees(claim: Rational, truth: Quantity, { tolerance }: AnswerKey): boolean {
  const off = distance(claim, truth.value)
  if (tolerance !== null) return order(off, multiplied(size(truth.value), fromNumber(tolerance))) <= 0
  return off.n === 0n || (truth.step !== null && order(off, half(truth.step)) < 0)
}

/** Whether two texts are the same plain number: no unit, no rounding. */
export function sameNumber(a: string, b: string): boolean {
  const [left, right] = [quantity(a), quantity(b)]
  if (!left || !right || left.units.length > 0 || right.units.length > 0) return false
  return !left.hedged && !right.hedged && order(left.value, right.value) === 0
}
