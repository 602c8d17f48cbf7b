import { openPanel, RubricOptions } from '../checks/judges/panel.ts'
import { titled } from '../prompts/quoted.ts'
import { twofold } from '../prompts/twofold.ts'
import { factory } from '../schemas/options.ts'
import type { Part, Task } from '../schemas/task.ts'
import { next, route, Screen } from './screen.ts'

/**
 * Drops questions that judges find ambiguous, unreadable or wrongly answered. The judges see images, question and
 * reference answer. The reasons are `ambiguous`, `unreadable` and `wrong_answer`. In doubt the task is dropped, too.
 */
export const wellPosed = factory(Screen, 'wellPosed', RubricOptions, given => {
  const { rubric = twofold('well-posed'), ...panel } = given
  const verdicts = ['sound', 'ambiguous', 'unreadable', 'wrong_answer', 'unclear'] as const
  const { models, options, judge } = openPanel(panel, { check: 'well_posed', rubric, verdicts })
  return {
    name: 'well_posed',
    version: 1,
    options,
    models,
    async screen(task, context) {
      const { passed, reason, detail, data = {} } = await judge(materialOf(task), context)
      return passed ? next(data) : route('drop', reason, detail, data)
    },
  }
})

/** A task as judges of it see it: hostile text in quotes, images as they are. */
export const materialOf = ({ images, question, choices, answer }: Task): Part[] => [
  ...images.map((image): Part => ({ type: 'image', image })),
  titled('The question', question),
  ...(choices ? [titled('The options', choices.join('\n'))] : []),
  titled('The reference answer', answer),
]
