import { excerpt } from '../../words/excerpt.ts'
import { withoutCode } from '../../words/sentences.ts'
import { gramsOf } from '../../words/shingles.ts'
import { wordsIn } from '../../words/words.ts'
import type { Signal } from './signal.ts'

/** Words in a row, and how often one thought says them. */
const [length, often] = [6, 8]

/** A thought says the same words over and over. */
export const repetition: Signal<'repetition'> = {
  name: 'repetition',
  find({ steps }) {
    for (const { thought, turn } of steps) {
      const grams = gramsOf(wordsIn(withoutCode(thought), 'quotation'), length).filter(isSpeech)
      const again = [...Map.groupBy(grams, gram => gram).values()].find(same => same.length >= often)
      if (again) return { turn, words: `${again.length} times ${excerpt(again[0] ?? '')}` }
    }
    return null
  },
}

/** A row of a table says few different words. */
const isSpeech = (gram: string): boolean => new Set(gram.split(' ')).size >= 4

/** Characters from which a thought says enough to be no chance. */
const fewest = 60

/** The same thought stands before two turns, word for word. Whoever was reminded is to say it again. */
export const repeatedThought: Signal<'repeated_thought'> = {
  name: 'repeated_thought',
  find({ trajectory: { turns }, steps }) {
    const own = steps.filter(({ thought, turn }) => thought.length >= fewest && !turns[turn - 1]?.reminder)
    const again = own.find(({ thought }, at) => own.slice(0, at).some(before => before.thought === thought))
    return again ? { turn: again.turn, words: excerpt(again.thought) } : null
  },
}
