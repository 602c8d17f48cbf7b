import Type, { type Static } from 'typebox'
import { Prompt, prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check } from '../check.ts'
import { judgeSteps, openPanel, PanelOptions, type Step } from './panel.ts'

export const ConsistencyJudgeOptions = closed({
  ...PanelOptions.properties,
  /** How to compare what was seen with what was said next. */
  rubric: Type.Optional(Prompt),
})
export type ConsistencyJudgeOptions = Static<typeof ConsistencyJudgeOptions>

/**
 * What is said after each observation follows from it, by judges that see both, pictures included: one case for every
 * turn that comes after a call. It stops at the first turn that they do not accept.
 */
export const consistencyJudge = factory(Check, 'consistencyJudge', ConsistencyJudgeOptions, given => {
  const { rubric = prompt('consistency'), ...panel } = given
  const verdicts = ['follows', 'contradicts', 'unclear'] as const
  const own = openPanel(panel, { check: 'consistency_judge', rubric, verdicts })
  return {
    name: 'consistency_judge',
    version: 1,
    options: own.options,
    models: own.models,
    measure: (trajectory, context) => judgeSteps(own, stepsOf(trajectory), context),
  }
})

/** Every turn that has something to follow from, by its number from 1. */
const stepsOf = ({ task, turns }: Trajectory): Step[] =>
  turns.flatMap(({ reply }, index) => {
    const seen = turns[index - 1]?.observations ?? []
    const material: Part[] = [
      titled('The question', task.question),
      titled('What the tool gave back'),
      ...quotedParts(seen.flatMap(({ parts }) => parts)),
      titled('What was written next', reply.text),
    ]
    return seen.length === 0 ? [] : [{ turn: index + 1, material }]
  })
