import { answerOf, type Fault, saying, withTurn } from '../fault.ts'
import { wrongFor } from '../wrong.ts'

/** Another answer of the same kind that looks right, in the last words too. */
export const wrongAnswer: Fault = {
  name: 'wrong answer that looks right',
  plant(good, { chance, others }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    if (wrong === null) return null
    const copy = withTurn(
      good,
      -1,
      saying(text => text.replaceAll(answerOf(good), wrong)),
    )
    return { ...copy, outcome: { kind: 'answered', answer: wrong } }
  },
}

/** Right, and nothing was looked at. */
export const unlookedAnswer: Fault = {
  name: 'answer without looking',
  plant: good => ({ ...good, turns: good.turns.slice(-1) }),
}
