import Type, { type Static } from 'typebox'
import { share as aShare, closed, factory, from0, trueOrFalse } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { leastWords, proseWords } from '../words/rationale.ts'
import { Check, fail, type Measurement, pass } from './check.ts'

export const ThoughtOptions = closed({
  /** Words a rationale must have; 4 by default. */
  minWords: Type.Optional(from0),
  /** Whether the first call needs one; true by default. */
  first: Type.Optional(trueOrFalse),
  /** Which share of all calls needs one: 0.5 by default, 1 for every call. */
  share: Type.Optional(aShare),
})
export type ThoughtOptions = Static<typeof ThoughtOptions>

/**
 * A visible thought stands before the first call, and before half of all calls. Models that call tools natively often
 * call in silence: a thought before every call was in 3 of 30 rows of GPT-4.1 and in 1 of 38 of Opus 4.5, but in 96 %
 * and more where models write their calls as text (docs/design/rules.md). A provider's own reasoning does not count: it
 * may not be trained on. `data` has the count of `calls`, whether the `first` has a thought, and the `share` that has
 * one. The calls of one turn share its thought; one that was not made, because the teacher was reminded of it, is none.
 */
export const thought = factory(Check, 'thought', ThoughtOptions, given => {
  const { minWords = leastWords, first = true, share = 0.5 } = given
  return {
    name: 'thought',
    version: 2,
    options: { minWords, first, share },
    async measure(trajectory) {
      const calls = callsOf(trajectory)
      const [opening] = calls
      if (!opening) return pass('none', { calls: 0 })
      const isThought = ({ words }: CallMade) => words >= minWords
      const thoughtful = calls.filter(isThought).length
      const data = { calls: calls.length, first: isThought(opening), share: thoughtful / calls.length }
      if (first && !data.first) return missing(opening, minWords, data)
      return data.share < share
        ? fail('too_few', `${thoughtful} of ${calls.length} calls have a thought`, data)
        : pass('', data)
    },
  }
})

interface CallMade {
  /** From 1. */
  turn: number
  /** Before it, in the same turn. */
  words: number
}

const callsOf = ({ turns }: Trajectory): CallMade[] =>
  turns.flatMap(({ reply, reminder }, index) => {
    const words = proseWords(reply.text)
    return reminder ? [] : reply.calls.map(() => ({ turn: index + 1, words }))
  })

const missing = ({ turn, words }: CallMade, least: number, data: Measurement['data']) =>
  fail('missing', `turn ${turn} calls a tool after ${words} of ${least} words`, data)
