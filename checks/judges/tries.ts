import Type, { type Static } from 'typebox'
import { compareAnswer, comparisonWithModels } from '../../answers/compare.ts'
import { Prompt } from '../../prompts/prompt.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed, count } from '../../schemas/options.ts'
import type { Task } from '../../schemas/task.ts'
import { type Attempt, type Attempted, Teacher } from '../../teachers/teacher.ts'
import { measurementOf } from '../answer.ts'
import { fail } from '../check.ts'
import { finalAnswer } from '../reading/final-answer.ts'
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
  rightOf(task: Task, given: Pick<Attempt, 'tools' | 'images'>, context: JudgeContext): Promise<Answered>
}

/** `unanswered` counts those in which nothing could be taken for an answer. */
export interface Answered extends Trials {
  unanswered: number
}

/** Lets a student try for the check or screen of a name; `own` are the options that only this one has. */
export function tried(name: string, { student, k, system, judges }: Tries, own: JsonObject): Tried {
  system.fill({})
  const { compare, recognise, models, options } = comparing(name, judges)
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
      const answered = { right: 0, of: k, unanswered: 0 }
      // One after another: each may hold a sandbox, and rows are worked on side by side anyway.
      for (let sample = 0; sample < k; sample++) {
        const tried = await context.models.attempt(student, task, { ...how, sample }, context.signal)
        const answer = answerOf(tried)
        const measured =
          answer === null
            ? await recognise(wordsOf(tried), task, context)
            : await compare(answer, task, context)
        if (measured.passed) answered.right++
        else if (answer === null) answered.unanswered++
      }
      return answered
    },
  }
}

/** Between its tags, or stated without them: what is measured is whether the student knows, not how it writes. */
const answerOf = (tried: Attempted): string | null =>
  tried.kind === 'answered' ? tried.answer : finalAnswer(wordsOf(tried))

const wordsOf = (tried: Attempted): string => tried.said?.trim() ?? ''

/** By rules alone, or with judges. */
function comparing(name: string, judges: Trying['judges']): Judging {
  if (!judges)
    return {
      models: [],
      options: { comparison: comparisonWithModels },
      compare: async (answer, task) => measurementOf(compareAnswer(answer, task)),
      recognise: async () => fail('unanswered'),
    }
  const panel = judging(name, judges)
  return { ...panel, options: { comparison: comparisonWithModels, judges: panel.options } }
}

/** Rounded to what means something, so that a fact stays readable. */
export const plainInterval = ({ estimate, low, high }: Interval): JsonObject => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
})

export const rounded = (share: number): number => Math.round(share * 1e4) / 1e4
