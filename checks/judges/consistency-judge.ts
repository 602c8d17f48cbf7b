import { prompt } from '../../prompts/prompt.ts'
import { quotedParts, titled } from '../../prompts/quoted.ts'
import { factory } from '../../schemas/options.ts'
import type { Part } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check, pass } from '../check.ts'
import { type TurnCase, turnByTurn } from './turn-by-turn.ts'
import { occasionFor, WhenOptions } from './when.ts'

/**
 * Judges find that what is said after each observation follows from it. They see both, pictures included. Every turn
 * that comes after a call is a case of its own. It stops at the first turn that they do not accept. With `when`, a row
 * without a signal passes, and nobody is asked.
 */
export const consistencyJudge = factory(Check, 'consistencyJudge', WhenOptions, given => {
  const { rubric = prompt('consistency'), when, ...panel } = given
  const verdicts = ['follows', 'contradicts', 'unclear'] as const
  const check = turnByTurn(panel, { check: 'consistency_judge', rubric, verdicts }, repliesIn)
  const occasion = occasionFor(check.name, when)
  return {
    ...check,
    options: { ...check.options, ...occasion.options },
    measure: async (trajectory, context) =>
      (await occasion.isGiven(trajectory, context))
        ? check.measure(trajectory, context)
        : pass('no signal', { steps: 0 }),
  }
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
