import { type Check, fail, pass, shipped } from './check.ts'

export interface ThoughtOptions {
  /** Words a rationale must have. */
  minWords?: number
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** Words of prose in any script; code blocks are not prose. */
const wordCount = (text: string): number =>
  [...segmenter.segment(text.replace(/```[\s\S]*?(?:```|$)/g, ''))].filter(
    part => part.isWordLike && /\p{L}/u.test(part.segment),
  ).length

/** A visible rationale stands before every call. A provider's own reasoning does not count: it may not be trained on. */
export const thought = ({ minWords = 4 }: ThoughtOptions = {}): Check =>
  shipped({
    name: 'thought',
    version: 1,
    options: { minWords },
    async measure({ turns }) {
      const silent = turns.findIndex(
        ({ reply }) => reply.calls.length > 0 && wordCount(reply.text) < minWords,
      )
      if (silent < 0) return pass()
      const words = wordCount(turns[silent]?.reply.text ?? '')
      return fail('missing', `turn ${silent + 1} calls a tool after ${words} of ${minWords} words`)
    },
  })
