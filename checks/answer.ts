import { compareAnswer, comparison } from '../answers/compare.ts'
import type { Outcome } from '../schemas/trajectory.ts'
import { type Check, fail, type Measurement } from './check.ts'

/** The answer is the task's own. */
export const answer = (): Check => ({
  name: 'answer',
  version: comparison,
  options: {},
  async measure({ task, outcome }) {
    return outcome.kind === 'answered' ? compareAnswer(outcome.answer, task) : unsolved(outcome)
  },
})

/** Nothing that could be right. */
export const unsolved = (outcome: Exclude<Outcome, { kind: 'answered' }>): Measurement =>
  fail(
    'unsolved',
    outcome.kind === 'stopped' ? `stopped by ${outcome.by}` : `failed at ${outcome.at}: ${outcome.message}`,
  )
