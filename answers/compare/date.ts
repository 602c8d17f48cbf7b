import { type CalendarDate, datesOf } from '../reading/dates.ts'
import { keyOf } from '../reading/plain.ts'
import { type Compare, noTruth, right, wrong } from './key.ts'

/**
 * The same day, month or year, written to the same precision. An answer that may be two dates is wrong, unless both are
 * right.
 */
export const compareDate: Compare = (given, task) => {
  if (keyOf(given) === keyOf(task.answer)) return right(given, task)
  const truth = datesOf(task.answer)
  if (truth.length === 0) return noTruth(task, 'is not a date')
  const claim = datesOf(given)
  if (claim.length === 0) return wrong(given, task, 'not_a_date')
  const same = claim.every(date => truth.every(other => sameDate(date, other)))
  return same
    ? right(given, task)
    : wrong(given, task, claim.length + truth.length > 2 ? 'ambiguous' : 'wrong')
}

const sameDate = (a: CalendarDate, b: CalendarDate): boolean =>
  a.year === b.year && a.month === b.month && a.day === b.day
