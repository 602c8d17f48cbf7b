import Type, { type Static } from 'typebox'
import { closed, factory, from0 } from '../schemas/options.ts'
import { Check, fail, pass } from './check.ts'

export const ThoughtOptions = closed({
  /** Words a rationale must have. */
  minWords: Type.Optional(from0),
})
export type ThoughtOptions = Static<typeof ThoughtOptions>

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** Words of prose in any script; code blocks are not prose. */
const wordCount = (text: string): number =>
  [...segmenter.segment(text.replace(/```[\s\S]*?(?:```|$)/g, ''))].filter(
    part => part.isWordLike && /\p{L}/u.test(part.segment),
  ).length

/** A visible thought stands before every call. A provider's own reasoning does not count: it may not be trained on. */
export const thought = factory(Check, 'thought', ThoughtOptions, ({ minWords = 4 }) => ({
  name: 'thought',
  version: 1,
  options: { minWords },
  async measure({ turns }) {
    const silent = turns.findIndex(({ reply }) => reply.calls.length > 0 && wordCount(reply.text) < minWords)
    if (silent < 0) return pass()
    const words = wordCount(turns[silent]?.reply.text ?? '')
    return fail('missing', `turn ${silent + 1} calls a tool after ${words} of ${minWords} words`)
  },
}))
