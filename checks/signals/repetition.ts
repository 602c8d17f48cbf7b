import { excerpt } from '../../words/excerpt.ts'
import { withoutCode } from '../../words/sentences.ts'
import { gramsOf } from '../../words/shingles.ts'
import { wordsIn } from '../../words/words.ts'
import type { Signal } from './signal.ts'

/** Words in a row, and how often one thought says them. */
const length = 6
const often = 8

/** A thought says the same words over and over. */
export const repetition: Signal<'repetition'> = {
  name: 'repetition',
  find({ steps }) {
    for (const { thought, turn } of steps) {
      const [gram, times] = mostOften(
        gramsOf(wordsIn(withoutCode(thought), 'quotation'), length).filter(isSpeech),
      )
      if (times >= often) return { turn, words: `${times} times ${excerpt(gram)}` }
    }
    return null
  },
}

/** A row of a table says few different words. */
const isSpeech = (gram: string): boolean => new Set(gram.split(' ')).size >= 4

function mostOften(grams: readonly string[]): [gram: string, times: number] {
  const counts = new Map<string, number>()
  let most: [string, number] = ['', 0]
  for (const gram of grams) {
    const times = (counts.get(gram) ?? 0) + 1
    counts.set(gram, times)
    if (times > most[1]) most = [gram, times]
  }
  return most
}

/** Characters from which a thought says enough to be no chance. */
const fewest = 60

/** The same thought stands before two turns, word for word. Whoever was reminded is to say it again. */
export const repeatedThought: Signal<'repeated_thought'> = {
  name: 'repeated_thought',
  find({ trajectory: { turns }, steps }) {
    const own = steps.filter(({ turn }) => !turns[turn - 1]?.reminder)
    const again = own.find(
      ({ thought }, index) =>
        thought.length >= fewest && own.slice(0, index).some(before => before.thought === thought),
    )
    return again ? { turn: again.turn, words: excerpt(again.thought) } : null
  },
}
