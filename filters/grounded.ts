import { type Check, fail, pass } from './check.ts'
import { gave, stepsOf } from './steps.ts'
import { supportOf } from './support.ts'
import { quoted } from './words.ts'

export interface GroundedOptions {
  /** Whether an answer passes that words do not support where a tool showed a picture, which can show anything. */
  pictures?: 'trust' | 'refuse'
}

/**
 * The answer rests on what tools gave: the number (rounded, as a share of 100, with or without separators), the words,
 * the option behind a letter, or a sum, difference, product or ratio of numbers that were observed. A yes or no, and a
 * choice among options none of which was observed, needs any observation. The detail says in which turn and how.
 *
 * It cannot see: whether the observed words were meant; what a picture shows; longer calculations made in the head;
 * synonyms; that code printed a constant the teacher had made up.
 */
export const grounded = ({ pictures = 'trust' }: GroundedOptions = {}): Check => ({
  name: 'grounded',
  version: 1,
  options: { pictures },
  async measure(trajectory) {
    const { outcome } = trajectory
    if (outcome.kind !== 'answered') return fail('no_answer', `the outcome is ${outcome.kind}`)
    const steps = stepsOf(trajectory)
    if (!steps.some(({ observations }) => observations.some(gave)))
      return fail('no_observation', 'no call gave anything')
    const support = supportOf(outcome.answer, trajectory, steps)
    if (!support) return fail('ungrounded', `no observation supports ${quoted(outcome.answer)}`)
    if (support.how === 'pictured' && pictures === 'refuse')
      return fail(
        'only_pictured',
        `turn ${support.turn} shows a picture, no words support ${quoted(outcome.answer)}`,
      )
    return pass(`turn ${support.turn}: ${support.how}`)
  },
})
