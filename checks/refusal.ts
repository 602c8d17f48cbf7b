import { isRight } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { withoutCode } from '../words/sentences.ts'
import { Check, fail, pass } from './check.ts'
import { isEvasive } from './reading/evasive-answer.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

const images = '(?:images?|pictures?|photos?|attachments?)'
const which = '(?:any|an|the|this|that|your|attached|uploaded)'
const unable =
  "(?:can(?:not|[’']t)|(?:am|[’']m) (?:unable|not able) to|have no (?:way|means) (?:of|to)|do(?:n[’']t| not) have the (?:ability|capability) to)"
const see = '(?:see|view|access|open|process|perceive|analy[sz]e|interpret)(?:ing)?'
/** It says so of images as such. That details are too small to see is a reason to crop. */
const sightless: RegExp[] = [
  `\\bI ?${unable} (?:\\w+ly )?${see} (?:${which} )*${images}\\b(?! (?:clearly|well|at|in|from|closely))`,
  `\\b(?:no|not have|n[’']t have) access to (?:${which} )*${images}\\b`,
  `\\bno ${images} (?:came|arrived|(?:was|were|is|are|has|have)\\b)|\\bnot given (?:${which} )+${images}\\b`,
  `\\b(?:please|(?:could|can) you) (?:please )?(?:upload|attach|provide|share|describe) (?:${which} )+${images}\\b`,
].map(pattern => new RegExp(pattern, 'i'))

/**
 * The model answers. No reply ended as a refusal, none says that the model cannot see images, and the answer is not
 * that there is none (unless that is the task's own answer, or one of its options).
 *
 * It cannot see: refusals in words, which the signal `refused` guesses at; an answer that is evasive in content;
 * languages other than English.
 */
export const refusal = factory(Check, 'refusal', noOptions, () => ({
  name: 'refusal',
  version: 3,
  options: {},
  async measure(trajectory) {
    const { turns } = trajectory
    const stopped = turns.findIndex(
      ({ reply }) => reply.stop === 'refusal' || reply.stop === 'content_filter',
    )
    if (stopped >= 0) return fail('refused', `turn ${stopped + 1} ended by ${turns[stopped]?.reply.stop}`)
    return blind(turnsRead(trajectory)) ?? evaded(trajectory) ?? pass()
  },
}))

function blind(steps: readonly TurnRead[]) {
  for (const [index, { thought, turn }] of steps.entries()) {
    const failed = steps[index - 1]?.observations.some(({ mistake }) => mistake !== null)
    const prose = withoutCode(thought)
    const said = failed ? undefined : sightless.map(pattern => pattern.exec(prose)?.[0]).find(Boolean)
    if (said) return fail('cannot_see', `turn ${turn}: ${excerpt(said)}`)
  }
  return null
}

function evaded({ outcome, task }: Trajectory) {
  if (outcome.kind !== 'answered' || !isEvasive(outcome.answer)) return null
  if (task.choices?.some(isEvasive) || isRight(outcome.answer, task)) return null
  return fail('evasive_answer', `the answer is ${excerpt(outcome.answer)}`)
}
