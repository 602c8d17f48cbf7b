import { type Prompt, prompt } from '../prompts/prompt.ts'
import { titled } from '../prompts/quoted.ts'
import type { Part, Task } from '../schemas/task.ts'
import { compareAnswer, comparison, unsolved } from './answer.ts'
import type { Check } from './check.ts'
import { isUndecided } from './compare/key.ts'
import { openPanel, type PanelOptions } from './panel.ts'

export interface JudgeOptions extends PanelOptions {
  /** How to compare two answers. */
  rubric?: Prompt
}

/**
 * The answer says the same as the task's own, in whatever words. Where rules can decide (`compareAnswer`) nobody is
 * asked: only other words, which may mean the same (`isUndecided`), go to the judges. A judge sees the question, the
 * reference and the answer, never the images, and is told not to solve anything. In doubt the answer is refused.
 */
export function judge({ rubric = prompt('judge'), ...panel }: JudgeOptions): Check {
  const verdicts = ['same', 'different', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check: 'judge', rubric, verdicts })
  return {
    name: 'judge',
    version: 1,
    options: { ...options, comparison },
    models,
    async measure({ task, outcome }, context) {
      if (outcome.kind !== 'answered') return unsolved(outcome)
      const ruled = compareAnswer(outcome.answer, task)
      return isUndecided(ruled) ? judge(material(outcome.answer.trim(), task), context) : ruled
    },
  }
}

const material = (answer: string, task: Task): Part[] => [
  titled('The question', task.question),
  titled('The reference answer', task.answer),
  titled('The candidate answer', answer),
]
