import { factory, noOptions } from '../schemas/options.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

/** No sentence of a rationale ends with one of these. Words that may (`of`, `from`, option A) are left out. */
const cutOff =
  /(?:,|\s["“‘([]|\b(?:the|a|an|and|or|because|whose|their|its|my|your|if|whether|although|unless|than|(?:means?|so|such|sure|know|shows?|see|given) that|will (?:now|then|first|also)|(?:why|because|and|so) (?:I|it|we)))$/

/**
 * No reply or thought was cut off. No reply ended for its length. No code fence or answer tag stays open. No thought
 * before a call ends in a comma, an opening bracket or a word that needs another.
 *
 * It cannot see: a cut at the end of a sentence; a cut within a word of a thought; languages other than English.
 */
export const truncated = factory(Check, 'truncated', noOptions, () => ({
  name: 'truncated',
  version: 3,
  options: {},
  async measure(trajectory) {
    const { turns } = trajectory
    const long = turns.findIndex(({ reply }) => reply.stop === 'length')
    if (long >= 0) return fail('reply_cut', `turn ${long + 1} ended by length`)
    const open = turns.findIndex(({ reply }) => isOpen(reply.text))
    if (open >= 0)
      return fail('left_open', `turn ${open + 1}: ${excerpt((turns[open]?.reply.text ?? '').slice(-80))}`)
    return cutThought(turnsRead(trajectory)) ?? pass()
  },
}))

/** A fence that is closed in its own line opens none. */
const isOpen = (text: string): boolean =>
  (text.match(/^[ \t]*```(?!.*```)/gm) ?? []).length % 2 === 1 ||
  text.split('<answer>').length > text.split('</answer>').length

/** What stands before an answer may run on into it: "What he plays is the". */
function cutThought(steps: readonly TurnRead[]): Measurement | null {
  const cut = steps.find(({ thought, calls }) => calls.length > 0 && cutOff.test(thought))
  return cut ? fail('cut_sentence', `turn ${cut.turn} ends ${excerpt(cut.thought.slice(-60))}`) : null
}
