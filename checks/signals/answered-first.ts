import { isRight } from '../../answers/compare.ts'
import type { Task } from '../../schemas/task.ts'
import { excerpt } from '../../words/excerpt.ts'
import { sentencesOf } from '../../words/sentences.ts'
import { holdsWords, wordsIn } from '../../words/words.ts'
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
    const calling = steps.filter(({ observations }) => observations.length > 0)
    const first = calling.findIndex(({ observations }) => observations.some(gave))
    const blind = first < 0 ? calling : calling.slice(0, first + 1)
    const answered = { ...task, answer: outcome.answer }
    const step = blind.find(({ thought }) => says(thought, answered))
    return step ? { turn: step.turn, words: excerpt(step.thought) } : null
  },
}

function says(thought: string, task: Task): boolean {
  const said = concluded(thought)
  return (
    (said !== null && isRight(said, task)) || sentencesOf(thought).some(sentence => names(sentence, task))
  )
}

/** Three digits, a decimal or a name, in a sentence that neither plans nor lists. */
function names(sentence: string, { answer, question, choices, answerType }: Task): boolean {
  const wanted = wordsIn(answer, 'name')
  const tells = wanted.length > 1 || /^(?:\d{3,}|\d+\.\d+|\p{L}{4,})$/u.test(wanted[0] ?? '')
  if (!tells || choices || answerType === 'boolean' || planned.test(sentence)) return false
  const holds = (text: string) => holdsWords(wordsIn(text, 'name'), wanted)
  return holds(sentence) && !holds(question) && !holds(listed(sentence))
}

const planned =
  /\b(?:let|will|going to|want to|need to|have to|try|could|may|might|perhaps|whether|if)\b|['’]ll\b|\?\s*$/i

/** Several things of one kind: candidates, not an answer. */
const listed = (sentence: string): string =>
  sentence.match(/(?:\S+, )+\S+,? (?:and|or) \S+|(?:\S+, ){2,}\S+/gu)?.join(' ') ?? ''
