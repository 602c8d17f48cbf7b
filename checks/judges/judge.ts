import { compareAnswer, comparisonWithModels } from '../../answers/compare.ts'
import { prompt } from '../../prompts/prompt.ts'
import { titled } from '../../prompts/quoted.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { factory } from '../../schemas/options.ts'
import type { Part, Task } from '../../schemas/task.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { measurementOf, unsolved } from '../answer.ts'
import { Check, fail, type Measurement } from '../check.ts'
import { type JudgeContext, openPanel, type RubricOptions } from './panel.ts'
import { occasionFor, WhenOptions } from './when.ts'

/** Compares answers, and asks models where rules cannot. */
export interface Judging {
  models: readonly Teacher[]
  /** What decides how it comes out, as plain data. */
  options: JsonObject
  compare(answer: string, task: Task, context: JudgeContext): Promise<Measurement>
  /** The same of words in which rules find no answer: judges alone can tell. */
  recognise(words: string, task: Task, context: JudgeContext): Promise<Measurement>
}

/**
 * Compares by rules (`compareAnswer`) if they can decide. Only other words, which may mean the same (`unlike`), go to
 * the judges. A judge sees the question, the reference and the answer, never the images, and is told not to solve
 * anything. In doubt the answer is refused. The same answer to the same question is judged once, whoever asks.
 */
export function judging(check: string, { rubric = prompt('judge'), ...panel }: RubricOptions): Judging {
  const verdicts = ['same', 'different', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check, rubric, verdicts })
  return {
    models,
    options,
    async compare(answer, task, context) {
      const ruled = compareAnswer(answer, task)
      return ruled.kind === 'unlike' ? judge(material(answer.trim(), task), context) : measurementOf(ruled)
    },
    recognise: async (words, task, context) =>
      words === '' ? fail('unanswered') : judge(material(words.slice(-longestWords), task), context),
  }
}

/** Characters of a reply without an answer that judges read, from its end. */
const longestWords = 2_000

/**
 * The answer says the same as the task's own in any words, by rules and, where these cannot decide, by judges. With
 * `when`, a row without a signal is left to the rules.
 */
export const judge = factory(Check, 'judge', WhenOptions, ({ when, ...panel }) => {
  const { models, options, compare } = judging('judge', panel)
  const occasion = occasionFor('judge', when)
  return {
    name: 'judge',
    settles: true,
    version: 1,
    options: { ...options, comparison: comparisonWithModels, ...occasion.options },
    models,
    async measure(trajectory, context) {
      const { task, outcome } = trajectory
      if (outcome.kind !== 'answered') return unsolved(outcome)
      return (await occasion.isGiven(trajectory, context))
        ? compare(outcome.answer, task, context)
        : measurementOf(compareAnswer(outcome.answer, task))
    },
  }
})

const material = (answer: string, task: Task): Part[] => [
  titled('The question', task.question),
  titled('The reference answer', task.answer),
  titled('The candidate answer', answer),
]
