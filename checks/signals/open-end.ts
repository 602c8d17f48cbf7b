import { excerpt } from '../../words/excerpt.ts'
import { withoutCode } from '../../words/sentences.ts'
import type { Signal } from './signal.ts'

/** No sentence ends with one of these. Words that may (`of`, `from`, option A) are left out. */
const open = /(?:,|\s["“‘([]|\b(?:the|an|and|or|because|whose|their|its|my|your))$/

/** A thought before a call ends in a comma, an opening bracket or a word that needs another: it may have been cut. */
export const openEnd: Signal<'open_end'> = {
  name: 'open_end',
  find({ steps }) {
    const cut = steps.find(({ thought, calls }) => calls.length > 0 && open.test(withoutCode(thought).trim()))
    return cut ? { turn: cut.turn, words: excerpt(cut.thought.slice(-60)) } : null
  },
}
