import { prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { factory } from '../../schemas/options.ts'
import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check } from '../check.ts'
import { RubricOptions } from './panel.ts'
import { type TurnCase, turnByTurn } from './turn-by-turn.ts'

/**
 * Judges find that what is said after each observation follows from it. They see both, pictures included. Every turn
 * that comes after a call is a case of its own. It stops at the first turn that they do not accept.
 */
export const consistencyJudge = factory(Check, 'consistencyJudge', RubricOptions, given => {
  const { rubric = prompt('consistency'), ...panel } = given
  const verdicts = ['follows', 'contradicts', 'unclear'] as const
  return turnByTurn(panel, { check: 'consistency_judge', rubric, verdicts }, repliesIn)
})

/** Every turn that has something to follow from, by its number from 1. */
const repliesIn = ({ task, turns }: Trajectory): TurnCase[] =>
  turns.flatMap(({ reply }, index) => {
    const before = turns[index - 1]
    const seen = before && !before.reminder ? before.observations : []
    const material: Part[] = [
      titled('The question', task.question),
      titled('What the tool gave back'),
      ...quotedParts(seen.flatMap(({ parts }) => parts)),
      titled('What was written next', reply.text),
    ]
    return seen.length === 0 ? [] : [{ turn: index + 1, material }]
  })
