import Type, { type Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { speaksOf } from '../words/words.ts'
import { Check, type CheckContext, fail, type Measurement, pass } from './check.ts'
import { cellsOf } from './code/cells.ts'
import { withoutConstants } from './code/printed-constants.ts'
import { isNumeric, supportOf } from './reading/answer-support.ts'
import { byRecord, recordedKinds } from './reading/by-record.ts'
import { ofMarkedAnswer } from './reading/marked-answer.ts'
import type { Support } from './reading/number-support.ts'
import { gave, turnsRead, withoutBackslashes } from './reading/turns-read.ts'

export const GroundedOptions = closed({
  /** Whether an answer passes that no words support, if a tool showed a picture, which can show anything. */
  pictures: Type.Optional(Type.Enum(['trust', 'refuse'])),
})
export type GroundedOptions = Static<typeof GroundedOptions>

/**
 * The answer rests on what tools gave. They gave its number (rounded, as a share of 100, with or without separators),
 * its words, the option behind its letter, or what a thought reckons with to come to it, of any number of terms and in
 * units. A yes or no, and a choice among options, needs any observation. What code prints just as it stands in the
 * code is no observation, as in `print('stars:', 5)`. The detail says in which turn and how.
 * Of words of others that do not say which of them the answer is, it could not tell (`unmarked_answer`).
 * What was shown of a call whose record is missing also repeats code and queries, so a pass by it is `no_record`.
 *
 * A number that nothing shows may have been reckoned in the head. It passes, the detail says so, and the signal
 * `ungrounded_number` tells of it. A name that nothing gave fails.
 *
 * It cannot see: whether the observed words were meant; what a picture shows; synonyms; constants that code prints in a
 * loop, a branch or by way of a calculation.
 */
export const grounded = factory(Check, 'grounded', GroundedOptions, ({ pictures = 'trust' }) => ({
  name: 'grounded',
  version: 4,
  options: { pictures },
  measure: byRecord(recordedKinds, async (trajectory, context) => {
    const { outcome } = trajectory
    if (outcome.kind !== 'answered') return fail('no_answer', `the outcome is ${outcome.kind}`)
    const steps = turnsRead(trajectory)
    if (!steps.some(({ observations }) => observations.some(gave)))
      return fail('no_observation', 'no call gave anything')
    const { answer } = outcome
    const support = supportOf(answer, trajectory, steps)
    if (!support)
      return isNumeric(answer)
        ? pass(`no observation shows the number ${excerpt(answer)}`)
        : ofMarkedAnswer(trajectory, fail('ungrounded', `no observation supports ${excerpt(answer)}`))
    if (support.how === 'pictured' && pictures === 'refuse')
      return fail(
        'only_pictured',
        `turn ${support.turn} shows a picture, no words support ${excerpt(answer)}`,
      )
    return (
      (await constant(answer, support, trajectory, context)) ?? pass(`turn ${support.turn}: ${support.how}`)
    )
  }),
}))

/** An answer that was observed only because code had it from the start. */
async function constant(
  answer: string,
  { turn, how }: Support,
  trajectory: Trajectory,
  context: CheckContext,
): Promise<Measurement | null> {
  const cells = cellsOf(trajectory)
  if (!how.includes('observed') || !cells.some(({ cell }) => speaksOf(withoutBackslashes(cell.code), answer)))
    return null
  const measured = await withoutConstants(trajectory, context)
  if (!measured.ok) return measured.measured
  const support = supportOf(answer, measured.value, turnsRead(measured.value))
  return support && isSeen(support, turn)
    ? null
    : fail('constant', `turn ${turn} prints ${excerpt(answer)} as it stands in its code`)
}

/**
 * Whether anything but the constant supports the answer. It was written down before its turn showed anything, so what
 * follows from the rest of that turn does so by chance.
 */
function isSeen(support: Support, turn: number): boolean {
  if (support.how === 'decided') return false
  if (support.how === 'pictured') return support.turn < turn
  return support.how.includes('observed') || support.turn !== turn
}
