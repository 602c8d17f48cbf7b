import type { Prompt } from '../prompts/prompt.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Task } from '../schemas/task.ts'
import type { Teacher } from '../teachers/teacher.ts'
import { compareAnswer } from './answer.ts'
import type { CheckContext } from './check.ts'
import type { Interval, Trials } from './interval.ts'
import type { Attempt } from './models.ts'

/** How often a model answers a task rightly under given conditions, of `k` independent tries. One without an answer is wrong. */
export async function tries(
  model: Teacher,
  task: Task,
  how: Omit<Attempt, 'sample'> & { k: number },
  { models, signal }: Pick<CheckContext, 'models' | 'signal'>,
): Promise<Trials> {
  const { k, ...conditions } = how
  let right = 0
  // One after another: each may hold a sandbox, and rows are worked on side by side anyway.
  for (let sample = 0; sample < k; sample++) {
    const outcome = await models.attempt(model, task, { ...conditions, sample }, signal)
    if (outcome.kind === 'answered' && compareAnswer(outcome.answer, task).passed) right++
  }
  return { right, of: k }
}

/** Throws where a number of tries is none, or the prompt has blanks. */
export function refuseTries(check: string, k: number, most: number, system: Prompt) {
  if (!isCount(k - 1)) throw new Error(`${check}: k is ${k}; give a whole number from 1`)
  if (!isCount(most)) throw new Error(`${check}: most is ${most}; give a whole number from 0`)
  system.fill({})
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

/** Rounded to what means something, so that a fact stays readable. */
export const plainInterval = ({ estimate, low, high }: Interval): JsonObject => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
})

export const rounded = (share: number): number => Math.round(share * 1e4) / 1e4
