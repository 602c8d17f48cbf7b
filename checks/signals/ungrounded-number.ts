import { excerpt } from '../../words/excerpt.ts'
import { isNumeric, supportOf } from '../reading/answer-support.ts'
import { gave } from '../reading/turns-read.ts'
import type { Signal } from './signal.ts'

/** The answer is a number that no observation shows and that nothing written out leads to: guessed, or in the head. */
export const ungroundedNumber: Signal<'ungrounded_number'> = {
  name: 'ungrounded_number',
  find({ trajectory, steps }) {
    const { outcome } = trajectory
    const isSeen = steps.some(({ observations }) => observations.some(gave))
    if (outcome.kind !== 'answered' || !isSeen || !isNumeric(outcome.answer)) return null
    if (supportOf(outcome.answer, trajectory, steps)) return null
    return { turn: steps.length, words: excerpt(outcome.answer) }
  },
}
