import { isRight } from '../answers/compare.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { withoutCode } from '../words/sentences.ts'
import { Check, fail, pass } from './check.ts'
import { type TurnRead, turnsRead } from './reading/turns-read.ts'

const unable =
  "(?:can(?:not|['’]t| not)|am (?:unable|not able) to|['’]m (?:unable|not able) to|do(?:n['’]t| not) have the (?:ability|capability) to)"

const declines: RegExp[] = [
  /\bI(?:['’]m| am) (?:very |so |truly )?sorry,? (?:but )?I(?:['’]m| am)? ?(?:can(?:not|['’]t)|won['’]t|unable)/i,
  /\bI (?:won['’]t|will not) be able to (?:help|assist|answer|identify|comply|do (?:that|this))\b/i,
  new RegExp(
    `\\bI ${unable} (?:help(?! but| \\w+ing)|assist|comply|provide (?:that|this|assistance)|fulfil|engage|identify (?:real )?(?:people|persons|individuals|this person|who))`,
    'i',
  ),
  /\bI(?:['’]m| am)(?: just| only)? an? (?:AI\b(?!-)|(?:large )?language model|text-based)/i,
  /\bas an? (?:(?:AI|large language|language|text-based)(?: language)?(?: model| assistant| system)?)(?:,| I\b)/i,
  /\bI (?:must|have to)(?: \w+)? (?:decline|refuse)\b/i,
  /\bmy (?:guidelines|policy|policies|instructions) (?:do not|don['’]t|forbid|prohibit|prevent)/i,
  /\bagainst (?:my |the |our )?(?:usage |content |safety )?(?:guidelines|policy|policies|programming)\b/i,
  /\b(?:something|a request|a question) (?:that )?I (?:must|have to|need to) (?:decline|refuse)\b/i,
  /\b(?:this|that)(?: is|['’]s) not something (?:that )?I (?:can|am able to|will|could) (?:help|do|assist|answer|provide)\b/i,
  /\bI(?:['’]m| am) not (?:allowed|permitted) to (?:answer|comment|discuss|help|identify|describe|provide)\b/i,
  /\bviolates? (?:our|my|the) (?:content |usage |safety )?(?:guidelines|polic)/i,
  /\bbeyond what I(?: am able to|['’]m able to| can) do\b/i,
  /\bnot able to help with (?:this|that)\b/i,
  /\bnot able to (?:answer|help with|assist with) (?:this|that|your|the question)\b(?! (?:yet|until|without|directly|from))/i,
  /\bI(?:['’]m afraid I)? (?:can(?:not|['’]t)|won['’]t|will not) (?:be (?:providing|giving|answering)|assist with)\b/i,
]

/** It says so of images as such. That details are too small to see is a reason to crop. */
const sightless: RegExp[] = [
  new RegExp(
    `\\bI ${unable} (?:directly |actually |physically )?(?:see|view|access|open|process|perceive|analy[sz]e|interpret) (?:any |the |this |your |attached |uploaded )*(?:images|pictures|photos|attachments)\\b`,
    'i',
  ),
  new RegExp(
    `\\bI ${unable} (?:directly |actually |physically )?(?:see|view|perceive) (?:the|this|your|any) (?:image|picture|photo)\\b(?! (?:clearly|well|at|in|from|closely))`,
    'i',
  ),
  /\bI have no (?:way|means) (?:of|to) (?:see|view|open|access)(?:ing)? (?:any |the )?(?:images|pictures|photos)\b/i,
  /\bI (?:have no access|(?:do not|don['’]t) have access) to (?:the |this |your |any )?(?:image|picture|photo)s?\b/i,
  /\b(?:do not|don['’]t|lack) (?:possess |have )?(?:any )?(?:visual|vision) (?:capabilit|abilit)/i,
  /\bI was not given (?:any|an|the) (?:image|picture|photo)\b/i,
  /\bno (?:image|picture|photo) (?:came through|arrived|seems to be attached)\b/i,
  /\bno image (?:was|has been|is) (?:provided|attached|uploaded|given|shared)\b/i,
  /\b(?:please|could you|can you) (?:upload|attach|provide|share|describe) (?:the|an|your) (?:image|picture|photo)\b/i,
]

const evasive =
  /^(?:(?:it )?(?:cannot|can['’]t|could not) be (?:determined|answered|identified)|unknown|n\/?a|not (?:available|determinable|possible|sure)|unable to (?:determine|answer|tell)|(?:i )?(?:do not|don['’]t) know|no answer|insufficient (?:information|data))\b/i

/**
 * The model does not refuse to answer. It neither says that it cannot see images nor answers that it cannot tell
 * (unless that is the task's own answer).
 *
 * It cannot see: refusals in other words; an answer that is evasive in content; languages other than English.
 */
export const refusal = factory(Check, 'refusal', noOptions, () => ({
  name: 'refusal',
  version: 2,
  options: {},
  async measure(trajectory) {
    const { turns } = trajectory
    const stopped = turns.findIndex(
      ({ reply }) => reply.stop === 'refusal' || reply.stop === 'content_filter',
    )
    if (stopped >= 0) return fail('refused', `turn ${stopped + 1} ended by ${turns[stopped]?.reply.stop}`)
    return spoken(turnsRead(trajectory)) ?? evaded(trajectory) ?? pass()
  },
}))

function spoken(steps: readonly TurnRead[]) {
  for (const [index, { thought, turn }] of steps.entries()) {
    const prose = withoutCode(thought)
    const refused = declines.map(pattern => pattern.exec(prose)?.[0]).find(Boolean)
    if (refused) return fail('refused', `turn ${turn}: ${excerpt(refused)}`)
    const failed = steps[index - 1]?.observations.some(({ mistake }) => mistake !== null)
    const blind = failed ? undefined : sightless.map(pattern => pattern.exec(prose)?.[0]).find(Boolean)
    if (blind) return fail('cannot_see', `turn ${turn}: ${excerpt(blind)}`)
  }
  return null
}

function evaded({ outcome, task }: Trajectory) {
  if (outcome.kind !== 'answered' || !evasive.test(outcome.answer.trim())) return null
  if (isRight(outcome.answer, task)) return null
  return fail('evasive_answer', `the answer is ${excerpt(outcome.answer)}`)
}
