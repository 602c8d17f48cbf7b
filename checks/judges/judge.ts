import { compareAnswer, comparison } from '../../answers/compare.ts'
import { type Prompt, prompt } from '../../prompts/prompt.ts'
import { titled } from '../../prompts/quoted.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Part, Task } from '../../schemas/task.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { found, unsolved } from '../answer.ts'
import { type Check, type Measurement, shipped } from '../check.ts'
import { type Asking, openPanel, type PanelOptions } from './panel.ts'

export interface JudgeOptions extends PanelOptions {
  /** How to compare two answers. */
  rubric?: Prompt
}

/** Compares answers, and asks models where rules cannot. */
export interface Judging {
  models: readonly Teacher[]
  /** What decides how it comes out, as plain data. */
  options: JsonObject
  compare(answer: string, task: Task, context: Asking): Promise<Measurement>
}

/**
 * Where rules can decide (`compareAnswer`) nobody is asked: only other words, which may mean the same (`unlike`), go to
 * the judges. A judge sees the question, the reference and the answer, never the images, and is told not to solve anything.
 * In doubt the answer is refused. Whoever asks, the same answer to the same question is judged once.
 */
export function judging(check: string, { rubric = prompt('judge'), ...panel }: JudgeOptions): Judging {
  const verdicts = ['same', 'different', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check, rubric, verdicts })
  return {
    models,
    options,
    async compare(answer, task, context) {
      const ruled = compareAnswer(answer, task)
      return ruled.kind === 'unlike' ? judge(material(answer.trim(), task), context) : found(ruled)
    },
  }
}

/** The answer says the same as the task's own, in whatever words, as `judging` compares. */
export function judge(panel: JudgeOptions): Check {
  const { models, options, compare } = judging('judge', panel)
  return shipped({
    name: 'judge',
    version: 1,
    options: { ...options, comparison },
    models,
    async measure({ task, outcome }, context) {
      return outcome.kind === 'answered' ? compare(outcome.answer, task, context) : unsolved(outcome)
    },
  })
}

const material = (answer: string, task: Task): Part[] => [
  titled('The question', task.question),
  titled('The reference answer', task.answer),
  titled('The candidate answer', answer),
]
