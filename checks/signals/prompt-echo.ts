import type { Trajectory } from '../../schemas/trajectory.ts'
import { excerpt } from '../../words/excerpt.ts'
import { gramsOf } from '../../words/shingles.ts'
import { wordsIn } from '../../words/words.ts'
import type { Signal } from './signal.ts'

/** Words in a row that nobody says by chance. */
const length = 8

/** A thought repeats its instructions: words of the system's text, or of what stands around the question. */
export const promptEcho: Signal<'prompt_echo'> = {
  name: 'prompt_echo',
  find({ trajectory, steps }) {
    const own = new Set(gramsOf(wordsIn(instructions(trajectory), 'quotation'), length))
    for (const { thought, turn } of steps) {
      const found = gramsOf(wordsIn(thought, 'quotation'), length).find(gram => own.has(gram))
      if (found) return { turn, words: excerpt(found) }
    }
    return null
  },
}

/** What the model was told beside what is asked. */
const instructions = ({ system, question, task }: Trajectory): string =>
  [task.question, ...(task.choices ?? [])]
    .filter(Boolean)
    .reduce(
      (texts, asked) => texts.replaceAll(asked, ' '),
      [system, ...question.map(part => (part.type === 'text' ? part.text : ''))].join('\n'),
    )
