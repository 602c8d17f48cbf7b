import { isRight } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { hasKey } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, couldNotTell, fail, pass } from './check.ts'
import { isEvasive } from './reading/evasive-answer.ts'

/**
 * The model answers. No reply ended as a refusal, and the answer is not that there is none (unless that is the task's
 * own answer, or one of its options).
 *
 * It cannot see: refusals in words, which the signals `refused` and `cannot_see` guess at; an answer that is evasive in
 * content; languages other than English.
 */
export const refusal = factory(Check, 'refusal', noOptions, () => ({
  name: 'refusal',
  version: 4,
  options: {},
  async measure(trajectory) {
    const { turns } = trajectory
    const stopped = turns.findIndex(
      ({ reply }) => reply.stop === 'refusal' || reply.stop === 'content_filter',
    )
    if (stopped >= 0) return fail('refused', `turn ${stopped + 1} ended by ${turns[stopped]?.reply.stop}`)
    return evaded(trajectory) ?? pass()
  },
}))

function evaded({ outcome, task }: Trajectory) {
  if (outcome.kind !== 'answered' || !isEvasive(outcome.answer)) return null
  if (task.choices?.some(isEvasive) || isRight(outcome.answer, task)) return null
  const found = fail('evasive_answer', `the answer is ${excerpt(outcome.answer)}`)
  return hasKey(task) ? found : couldNotTell('no_key', found.detail)
}
