import { isRight } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { wordsIn } from '../words/words.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

/** No sentence of a rationale ends with one of these. Words that may (`of`, `from`, option A) are left out. */
const dangling =
  /(?:,|\b(?:the|a|an|and|or|because|whose|their|its|my|your|if|whether|although|unless|than|(?:means?|so|such|sure|know|shows?|see|given) that|will (?:now|then|first|also)|(?:why|because|and|so) (?:I|it|we)))$/

/**
 * No reply, thought or answer was cut off. No reply ended for its length. No code fence or answer tag stays open. No
 * thought ends in a comma or a word that needs another, or without a full stop after sentences that have one. A wrong
 * answer is not the beginning of a word that was shown.
 *
 * It cannot see: a cut at the end of a sentence; a cut within a word of a thought; languages other than English.
 */
export const truncated = factory(Check, 'truncated', noOptions, () => ({
  name: 'truncated',
  version: 2,
  options: {},
  async measure(trajectory) {
    const { turns } = trajectory
    const long = turns.findIndex(({ reply }) => reply.stop === 'length')
    if (long >= 0) return fail('reply_cut', `turn ${long + 1} ended by length`)
    const open = turns.findIndex(({ reply }) => isOpen(reply.text))
    if (open >= 0)
      return fail('left_open', `turn ${open + 1}: ${excerpt((turns[open]?.reply.text ?? '').slice(-80))}`)
    const steps = turnsRead(trajectory)
    return cutThought(steps) ?? cutAnswer(trajectory, steps) ?? pass()
  },
}))

/** Whether all other thoughts end as sentences do. */
const doOthersEnd = (steps: readonly TurnRead[], thought: string): boolean => {
  const others = steps.map(each => each.thought.trim()).filter(each => each !== '' && each !== thought.trim())
  return others.length > 1 && others.every(each => /[.!?:…)"”*`]$/.test(each))
}

/**
 * A model that ends its other sentences but not the last one was cut off. A list, a heading, a table, a line of code
 * and a formula need no full stop.
 */
const breaksOff = (thought: string, endsSentences: boolean): boolean => {
  const line = thought.split('\n').at(-1) ?? ''
  const last = line.split(/(?<=[.!?:;])\s+/).at(-1) ?? ''
  if (/\s["“‘([]$/.test(line)) return true
  if (!/\p{L}$/u.test(line) || /^\s*(?:[-*+#|>]|\d+[.)])\s|[=`|]/.test(line)) return false
  const ends = endsSentences || /[.!?]["'”’)*]*\s/.test(thought)
  return ends && wordsIn(last, 'mention').length >= 2 && !/^\*\*[^*]+\*\*$/.test(line)
}

const isOpen = (text: string): boolean =>
  (text.match(/^[ \t]*```/gm) ?? []).length % 2 === 1 ||
  text.split('<answer>').length > text.split('</answer>').length

function cutThought(steps: readonly TurnRead[]): Measurement | null {
  const cut = steps.find(
    ({ thought, calls }) =>
      dangling.test(thought.trim()) ||
      (calls.length > 0 && breaksOff(thought.trim(), doOthersEnd(steps, thought))),
  )
  return cut ? fail('cut_sentence', `turn ${cut.turn} ends ${excerpt(cut.thought.trim().slice(-60))}`) : null
}

function cutAnswer({ outcome, task }: Trajectory, steps: readonly TurnRead[]): Measurement | null {
  if (outcome.kind !== 'answered' || isRight(outcome.answer, task)) return null
  const words = wordsIn(outcome.answer, 'mention')
  const last = words.at(-1) ?? ''
  const shown = new Set(
    wordsIn([task.question, ...(task.choices ?? []), ...steps.map(({ seen }) => seen)].join('\n'), 'mention'),
  )
  const whole = [...shown].find(word => last.length >= 4 && word.startsWith(last) && /^\p{L}+$/u.test(word))
  const cut =
    (words.length > 1 && dangling.test(outcome.answer.trim())) || (whole !== undefined && !shown.has(last))
  return cut
    ? fail(
        'cut_answer',
        `the answer is ${excerpt(outcome.answer)}${whole ? `, ${excerpt(whole)} was shown` : ''}`,
      )
    : null
}
