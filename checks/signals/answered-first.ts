import { isRight } from '../../answers/compare.ts'
import type { Task } from '../../schemas/task.ts'
import { excerpt } from '../../words/excerpt.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { speaksOf } from '../../words/words.ts'
import { concluded } from '../reading/conclusion.ts'
import { gave } from '../reading/turns-read.ts'
import type { Signal } from './signal.ts'

/**
 * The answer is said outright, or named where neither chance nor the question explains it, before any call gave
 * anything: what follows may be show.
 */
export const answeredFirst: Signal<'answered_first'> = {
  name: 'answered_first',
  find({ trajectory: { outcome, task }, steps }) {
    if (outcome.kind !== 'answered') return null
    const answered = { ...task, answer: outcome.answer }
    const seen = steps.findIndex(({ observations }) => observations.some(gave))
    const blind = steps.slice(0, seen < 0 ? -1 : seen + 1)
    const step = blind.find(
      ({ thought }) =>
        isRight(concluded(thought) ?? '', answered) ||
        (tells(answered) && sentencesOf(thought).some(sentence => names(sentence, answered))),
    )
    return step ? { turn: step.turn, words: excerpt(step.thought) } : null
  },
}

/** Three digits, a decimal or a name, which the question does not name. */
const tells = ({ answer, question, choices, answerType }: Task): boolean =>
  !choices && answerType !== 'boolean' && /\d{3}|\d\.\d|\p{L}{4}/u.test(answer) && !speaksOf(question, answer)

/** In a sentence that neither plans nor lists. */
const names = (sentence: string, { answer }: Task): boolean =>
  !unreal.test(sentence) && speaksOf(sentence, answer)

const unreal =
  /\b(?:let|will|going to|want to|need to|have to|try|could|may|might|perhaps|whether|if)\b|['’]ll\b|\?\s*$|, .* (?:and|or) /i
