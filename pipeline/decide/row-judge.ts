import type { Judge, Measured, Verdict } from '../../filters/filter.ts'
import { keep } from '../../filters/filter.ts'
import { isSelector, type Step } from '../../filters/selector.ts'
import type { Decision, DropReason } from '../../output/export.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { unscreened } from './funnel.ts'

export type RowJudge = (row: Measured) => Decision

/** Whether a drop is to be passed over. */
export type Overrules = (key: string, drop: DropReason) => boolean

/** Decides by the filters among `steps`, in their order; what has no answer is dropped for that. */
export function judgeOf(steps: readonly Step[], overrules: Overrules): RowJudge {
  const judges = steps.flatMap(step => (isSelector(step) ? [] : { name: step.name, judge: step.begin() }))
  return row => {
    const { key, outcome } = row.trajectory
    if (outcome.kind === 'failed') return dropped('synthesize', `failed_${outcome.at}`, outcome.message)
    if (outcome.kind === 'stopped')
      return dropped('synthesize', `unsolved_${outcome.by}`, lastWords(row.trajectory))
    for (const { name, judge } of judges) {
      const verdict = judged(judge, row, reason => overrules(key, { stage: name, reason }))
      if (!verdict.keep) return dropped(name, verdict.reason, verdict.detail)
    }
    return { keep: true }
  }
}

/**
 * A filter may drop for several facts and names the first. Where that reason is overruled, it judges the row once more
 * as if the fact had passed, so that the other facts still count.
 */
function judged(judge: Judge, row: Measured, overrules: (reason: string) => boolean): Verdict {
  for (let facts = row.facts; ; ) {
    const verdict = judge({ ...row, facts })
    if (verdict.keep || !overrules(verdict.reason)) return verdict
    const blamed = facts.find(fact => isBlamed(fact, verdict.reason))
    if (!blamed) return keep
    facts = facts.map(fact => (fact === blamed ? { ...fact, passed: true, reason: '' } : fact))
  }
}

/** Whether a drop reason names this fact, as the filter `passed` does. */
export const isBlamed = ({ check, passed, reason }: Fact, dropReason: string): boolean =>
  !passed && dropReason === `${check}_${reason}`

/** Not the teacher's doing: another run may decide otherwise. */
export const isUndecided = ({ reason }: { reason: string }): boolean =>
  reason.startsWith('failed_') || reason === 'unchecked' || reason === unscreened

export const dropped = (stage: string, reason: string, detail: string): Decision => ({
  keep: false,
  stage,
  reason,
  detail,
})

const lastWords = ({ turns }: Trajectory) =>
  (turns.at(-1)?.reply.text ?? '').replace(/\s+/g, ' ').slice(0, 200)
