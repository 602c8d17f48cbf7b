import { type Prompt, prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Check, shipped } from '../check.ts'
import { judgeSteps, openPanel, type PanelOptions, type Step } from './panel.ts'

export interface AchievesIntentOptions extends PanelOptions {
  /** How to tell whether a call did what it was for. */
  rubric?: Prompt
}

/**
 * Every call gives what was wanted of it, by judges that see the thought, the call and what came back, pictures included: the
 * check that Thyme (arXiv 2508.11630) has a model make. A call that failed and was mended later still missed.
 */
export function achievesIntent({ rubric = prompt('intent'), ...panel }: AchievesIntentOptions): Check {
  const verdicts = ['achieved', 'missed', 'unclear'] as const
  const own = openPanel(panel, { check: 'achieves_intent', rubric, verdicts })
  return shipped({
    name: 'achieves_intent',
    version: 1,
    options: own.options,
    models: own.models,
    measure: (trajectory, context) => judgeSteps(own, stepsOf(trajectory), context),
  })
}

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
