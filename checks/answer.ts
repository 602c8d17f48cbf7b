import type { Ruling } from '../answers/compare/key.ts'
import { compareAnswer, comparison } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Outcome } from '../schemas/trajectory.ts'
import { Check, couldNotTell, fail, type Measurement, pass } from './check.ts'

/** The answer is the same as the task's own. Of a task without one it could not tell (`no_key`). */
export const answer = factory(Check, 'answer', noOptions, () => ({
  name: 'answer',
  settles: true,
  version: comparison,
  options: {},
  async measure({ task, outcome }) {
    return outcome.kind === 'answered'
      ? measurementOf(compareAnswer(outcome.answer, task))
      : unsolved(outcome)
  },
}))

/** The result of a comparison, as a check says it. Other words about which nobody was asked are not right. */
export function measurementOf(ruling: Ruling): Measurement {
  if (ruling.kind === 'same') return pass()
  if (ruling.kind === 'undecided' && ruling.reason === 'no_key')
    return couldNotTell(ruling.reason, ruling.detail)
  return fail(ruling.kind === 'unlike' ? 'unlike' : ruling.reason, ruling.detail)
}

/** Nothing that could be right. */
export const unsolved = (outcome: Exclude<Outcome, { kind: 'answered' }>): Measurement =>
  fail(
    'unsolved',
    outcome.kind === 'stopped' ? `stopped by ${outcome.by}` : `failed at ${outcome.at}: ${outcome.message}`,
  )
