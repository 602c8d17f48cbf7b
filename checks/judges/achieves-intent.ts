import Type, { type Static } from 'typebox'
import { Prompt, prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check } from '../check.ts'
import { judgeSteps, openPanel, PanelOptions, type Step } from './panel.ts'

export const AchievesIntentOptions = closed({
  ...PanelOptions.properties,
  /** How to tell whether a call did what it was for. */
  rubric: Type.Optional(Prompt),
})
export type AchievesIntentOptions = Static<typeof AchievesIntentOptions>

/**
 * Every call gives what was wanted of it, by judges that see the thought, the call and what came back, pictures included: the
 * check that Thyme (arXiv 2508.11630) has a model make. A call that failed and was mended later still missed.
 */
export const achievesIntent = factory(Check, 'achievesIntent', AchievesIntentOptions, given => {
  const { rubric = prompt('intent'), ...panel } = given
  const verdicts = ['achieved', 'missed', 'unclear'] as const
  const own = openPanel(panel, { check: 'achieves_intent', rubric, verdicts })
  return {
    name: 'achieves_intent',
    version: 1,
    options: own.options,
    models: own.models,
    measure: (trajectory, context) => judgeSteps(own, stepsOf(trajectory), context),
  }
})

/** One case for each call. */
const stepsOf = ({ task, turns }: Trajectory): Step[] =>
  turns.flatMap(({ reply, observations }, index) =>
    reply.calls.map((call, place) => ({
      turn: index + 1,
      material: [
        titled('The question', task.question),
        titled('What was written before the call', reply.text),
        titled('The call', `${call.name} ${call.arguments}`),
        titled('What the tool gave back'),
        ...quotedParts(observations[place]?.parts ?? []),
      ],
    })),
  )
