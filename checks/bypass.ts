import { factory, noOptions } from '../schemas/options.ts'
import type { Observation, Trajectory } from '../schemas/trajectory.ts'
import { excerpt } from '../words/excerpt.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { openedOther } from './code/files-opened.ts'
import { supportOf } from './reading/answer-support.ts'
import { byRecord, recordedKinds } from './reading/by-record.ts'
import { gave, type TurnRead, turnsRead } from './reading/turns-read.ts'

/**
 * The answer rests on the tools and does not go past them. Pixel-Reasoner (arXiv 2505.15966) calls such trajectories
 * bypassing: right although the decisive operation failed or was ignored. The check fails in two cases. The last calls
 * before the answer failed or gave nothing, and nothing before them supports the answer. Code opens a file that is
 * neither one of the question's images nor made from them. Whether the answer is right is for the check `answer`. Where
 * the record of code or a search is missing, none of this found is `no_record`.
 *
 * It cannot see: pictures that were shown and not looked at; outputs that say otherwise; files whose path is put
 * together. The signals `answered_first` and `contradicted` guess at more.
 */
export const bypass = factory(Check, 'bypass', noOptions, () => ({
  name: 'bypass',
  version: 6,
  options: {},
  measure: byRecord(recordedKinds, async (trajectory, context) => {
    if (trajectory.outcome.kind !== 'answered')
      return fail('no_answer', `the outcome is ${trajectory.outcome.kind}`)
    const calling = turnsRead(trajectory).filter(({ observations }) => observations.length > 0)
    if (calling.length === 0) return pass('none')
    const { answer } = trajectory.outcome
    return failedLast(answer, trajectory, calling) ?? (await openedOther(trajectory, context)) ?? pass()
  }),
}))

const worked = (observation: Observation): boolean => observation.mistake === null && gave(observation)

function failedLast(
  answer: string,
  trajectory: Trajectory,
  calling: readonly TurnRead[],
): Measurement | null {
  const last = calling.at(-1)
  if (!last || last.observations.some(worked)) return null
  const before = calling.slice(0, calling.findLastIndex(({ observations }) => observations.some(worked)) + 1)
  const thinking = {
    ...last,
    seen: '',
    images: [],
    observations: [],
    thought: turnsRead(trajectory).at(-1)?.thought ?? '',
  }
  const support = supportOf(answer, trajectory, [...before, thinking])
  if (support) return pass(`the last call failed; turn ${support.turn}: ${support.how}`)
  const mistake = last.observations.find(each => each.mistake)?.mistake
  const what = mistake ? `failed (${mistake.kind})` : 'gave nothing'
  return fail(
    'failed_call',
    `the call of turn ${last.turn} ${what}, nothing before it supports ${excerpt(answer)}`,
  )
}
