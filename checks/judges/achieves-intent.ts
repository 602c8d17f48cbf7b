import { prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { factory } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check } from '../check.ts'
import { RubricOptions } from './panel.ts'
import { type TurnCase, turnByTurn } from './turn-by-turn.ts'

/**
 * Judges find that every call gave what was wanted of it. They see the thought, the call and what came back, pictures
 * included. Thyme (arXiv 2508.11630) has a model make this check. A call that failed and was mended later still missed.
 */
export const achievesIntent = factory(Check, 'achievesIntent', RubricOptions, given => {
  const { rubric = prompt('intent'), ...panel } = given
  const verdicts = ['achieved', 'missed', 'unclear'] as const
  return turnByTurn(panel, { check: 'achieves_intent', rubric, verdicts }, callsIn)
})

/** One case for each call that was made. */
const callsIn = ({ task, turns }: Trajectory): TurnCase[] =>
  turns.flatMap(({ reply, observations, reminder }, index) =>
    (reminder ? [] : reply.calls).map((call, place) => ({
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
