import Type, { type Static } from 'typebox'
import { compareAnswer, comparison } from '../../answers/compare.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed } from '../../schemas/options.ts'
import type { Task } from '../../schemas/task.ts'
import type { Attempt } from '../../teachers/models.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { found } from '../answer.ts'
import type { Interval, Trials } from './interval.ts'
import { JudgeOptions, type Judging, judging } from './judge.ts'
import type { Asking } from './panel.ts'

export const Trying = closed({
  /** Who decides about answers in free text that rules cannot settle, as the check `judge` does. Without them those are wrong. */
  judges: Type.Optional(JudgeOptions),
})
export type Trying = Static<typeof Trying>

/** How the answers of tries are compared: by rules alone, or with judges. */
export function comparing(check: string, { judges }: Trying): Judging {
  if (!judges)
    return {
      models: [],
      options: { comparison },
      compare: async (answer, task) => found(compareAnswer(answer, task)),
    }
  const panel = judging(check, judges)
  return { ...panel, options: { comparison, judges: panel.options } }
}

/** How often a model answers a task rightly under given conditions, of `k` independent tries. One without an answer is wrong. */
export async function tries(
  model: Teacher,
  task: Task,
  how: Omit<Attempt, 'sample'> & Pick<Judging, 'compare'> & { k: number },
  context: Asking,
): Promise<Trials> {
  const { k, compare, ...conditions } = how
  let right = 0
  // One after another: each may hold a sandbox, and rows are worked on side by side anyway.
  for (let sample = 0; sample < k; sample++) {
    const outcome = await context.models.attempt(model, task, { ...conditions, sample }, context.signal)
    if (outcome.kind === 'answered' && (await compare(outcome.answer, task, context)).passed) right++
  }
  return { right, of: k }
}

/** Rounded to what means something, so that a fact stays readable. */
export const plainInterval = ({ estimate, low, high }: Interval): JsonObject => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
})

export const rounded = (share: number): number => Math.round(share * 1e4) / 1e4
