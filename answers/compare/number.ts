import { tidy } from '../reading/plain.ts'
import { type AnswerKey, type Compare, type Ruling, right, wrong } from './key.ts'
import { type Quantity, quantity } from './quantity.ts'
import { type Range, range } from './range.ts'
import { distance, fromNumber, half, multiplied, order, type Rational, size } from './rational.ts'
import { compareText } from './text.ts'
import { fitOf } from './unit-fit.ts'

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
  return low.kind === 'same' ? compareQuantity(claim.high, truth.high, given, task) : low
}

function compareQuantity(claim: Quantity, truth: Quantity, given: string, task: AnswerKey): Ruling {
  if (claim.hedged && !truth.hedged && task.tolerance === null) return wrong(given, task, 'hedged')
  const fit = fitOf(claim.units, truth, task.question)
  if (fit.kind !== 'fits') return wrong(given, task, fit.kind)
  return agrees(multiplied(claim.value, fit.factor), truth, task) ? right(given, task) : wrong(given, task)
}

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
