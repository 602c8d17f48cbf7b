import type { Ruling } from '../answers/compare/key.ts'
import { compareAnswer, comparison } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Outcome } from '../schemas/trajectory.ts'
import { Check, couldNotTell, fail, type Measurement, pass } from './check.ts'
import { ofMarkedAnswer } from './reading/marked-answer.ts'

/**
 * The answer is the same as the task's own. Of a task without one it could not tell (`no_key`), nor of a row of others
 * whose last words are not the same and do not say which of them the answer is (`unmarked_answer`).
 */
export const answer = factory(Check, 'answer', noOptions, () => ({
  name: 'answer',
  settles: true,
  version: comparison,
  options: {},
  async measure(trajectory) {
    const { task, outcome } = trajectory
    return outcome.kind === 'answered'
      ? ofMarkedAnswer(trajectory, measurementOf(compareAnswer(outcome.answer, task)))
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
