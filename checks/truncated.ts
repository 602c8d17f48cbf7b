import { factory, noOptions } from '../schemas/options.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, pass } from './check.ts'

/**
 * No reply was cut off: none ended for its length, and no code fence or answer tag stays open.
 *
 * It cannot see: a cut in prose, which the signal `open_end` guesses at.
 */
export const truncated = factory(Check, 'truncated', noOptions, () => ({
  name: 'truncated',
  version: 4,
  options: {},
  async measure({ turns }) {
    const long = turns.findIndex(({ reply }) => reply.stop === 'length')
    if (long >= 0) return fail('reply_cut', `turn ${long + 1} ended by length`)
    const open = turns.findIndex(({ reply }) => isOpen(reply.text))
    if (open >= 0)
      return fail('left_open', `turn ${open + 1}: ${excerpt((turns[open]?.reply.text ?? '').slice(-80))}`)
    return pass()
  },
}))

/** A fence that is closed in its own line opens none. */
const isOpen = (text: string): boolean =>
  (text.match(/^[ \t]*```(?!.*```)/gm) ?? []).length % 2 === 1 ||
  text.split('<answer>').length > text.split('</answer>').length
