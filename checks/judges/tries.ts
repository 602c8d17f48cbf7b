import Type, { type Static } from 'typebox'
import { compareAnswer, comparison } from '../../answers/compare.ts'
import { Prompt } from '../../prompts/prompt.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed, count } from '../../schemas/options.ts'
import type { Task } from '../../schemas/task.ts'
import { type Attempt, Teacher } from '../../teachers/teacher.ts'
import { measurementOf } from '../answer.ts'
import type { Interval, Trials } from './interval.ts'
import { type Judging, judging } from './judge.ts'
import { type JudgeContext, RubricOptions } from './panel.ts'

export const Trying = closed({
  /** Who tries: usually the model that is to be trained. It must not sample greedily, or its tries are all one. */
  student: Teacher,
  /** Tries without tools, and as many with them where it is given any. */
  k: Type.Optional(count),
  /** What the student is told where it has no tools. */
  system: Type.Optional(Prompt),
  /**
   * Judges for answers in free text that rules cannot settle, as the check `judge` has them. Without judges such
   * answers are wrong.
   */
  judges: Type.Optional(RubricOptions),
})
export type Trying = Static<typeof Trying>
type Tries = Trying & Required<Pick<Trying, 'k' | 'system'>>

/** What tries are to be measured by, as a check or screen says it of itself. */
export interface Tried {
  models: readonly Teacher[]
  options: JsonObject
  /** How often the student is right, of `k` independent tries. One without an answer is wrong. */
  rightOf(task: Task, given: Pick<Attempt, 'tools' | 'images'>, context: JudgeContext): Promise<Trials>
}

/** Lets a student try for the check or screen of a name; `own` are the options that only this one has. */
export function tried(name: string, { student, k, system, judges }: Tries, own: JsonObject): Tried {
  system.fill({})
  const { compare, models, options } = comparing(name, judges)
  return {
    models: [student, ...models],
    options: {
      student: { name: student.name, options: student.options },
      ...options,
      k,
      ...own,
      prompts: { [system.name]: system.sha256 },
    },
    async rightOf(task, given, context) {
      const how = given.tools ? given : { ...given, system }
      let right = 0
      // One after another: each may hold a sandbox, and rows are worked on side by side anyway.
      for (let sample = 0; sample < k; sample++) {
        const outcome = await context.models.attempt(student, task, { ...how, sample }, context.signal)
        if (outcome.kind === 'answered' && (await compare(outcome.answer, task, context)).passed) right++
      }
      return { right, of: k }
    },
  }
}

/** By rules alone, or with judges. */
function comparing(name: string, judges: Trying['judges']): Judging {
  if (!judges)
    return {
      models: [],
      options: { comparison },
      compare: async (answer, task) => measurementOf(compareAnswer(answer, task)),
    }
  const panel = judging(name, judges)
  return { ...panel, options: { comparison, judges: panel.options } }
}

/** Rounded to what means something, so that a fact stays readable. */
export const plainInterval = ({ estimate, low, high }: Interval): JsonObject => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
})

export const rounded = (share: number): number => Math.round(share * 1e4) / 1e4
