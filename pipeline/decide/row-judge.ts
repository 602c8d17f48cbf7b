import { type Filter, type Judge, keep, type Measured, type Objection } from '../../filters/filter.ts'
import { type FilterOrSelector, isSelector } from '../../filters/selector.ts'
import type { Decision } from '../../output/export.ts'
import { blamed } from '../../schemas/blame.ts'
import type { Drop } from '../../schemas/drop.ts'
import { type Fact, type Trajectory, whyBroken } from '../../schemas/trajectory.ts'

export type RowJudge = (row: Measured) => Decision

/** Whether a drop is to be passed over. */
export type Overrules = (key: string, drop: Drop) => boolean

/** Decides by the filters among `steps`, in their order; what has no answer is dropped for that. */
export function judgeOf(steps: readonly FilterOrSelector[], overrules: Overrules): RowJudge {
  const stages = steps.flatMap(step =>
    isSelector(step) ? [] : { stage: step.name, judge: answerable(step) },
  )
  return row => {
    const unsolved = unsolvedIn(row.trajectory)
    if (unsolved) return { keep: false, ...unsolved }
    for (const each of stages) {
      const decision = judged(each, row, overrules)
      if (!decision.keep) return decision
    }
    return keep
  }
}

/** Where a user's filter throws, its name and the task are said. */
function answerable(filter: Filter): Judge {
  const judge = filter.begin()
  return measured => {
    try {
      return judge(measured)
    } catch (error) {
      const { task } = measured.trajectory
      throw blamed(error, { kind: 'filter', name: filter.name, method: filter.begin, task: task.id })
    }
  }
}

function unsolvedIn(trajectory: Trajectory): Drop | undefined {
  const { outcome } = trajectory
  if (outcome.kind === 'answered') return undefined
  if (isOfOthers(trajectory)) return dropBy('reading', { reason: 'unanswered', detail: endOf(trajectory) })
  return outcome.kind === 'failed'
    ? dropBy('synthesize', { reason: `failed_${outcome.at}`, detail: outcome.message, undecided: true })
    : dropBy('synthesize', { reason: `unsolved_${outcome.by}`, detail: lastWords(trajectory) })
}

/** Read from a file of others: nobody was asked here, and what kindling wrote itself has its teacher. */
const isOfOthers = ({ origin, teacher }: Trajectory): boolean => origin?.format === teacher.name

/** How a row ends that has no answer. */
function endOf(trajectory: Trajectory): string {
  const call = trajectory.turns.at(-1)?.reply.calls.at(-1)
  return call ? `it ends in a call of ${JSON.stringify(call.name.slice(0, 80))}` : lastWords(trajectory)
}

/**
 * A filter may drop for several facts and names the first. If a person overruled that drop, the filter judges the row
 * once more as if the fact had passed, so that the other facts still count.
 */
function judged(
  { stage, judge }: { stage: string; judge: Judge },
  row: Measured,
  overrules: Overrules,
): Decision {
  for (let facts = row.facts; ; ) {
    const verdict = judge({ ...row, facts })
    if (verdict.keep) return keep
    const drop = dropBy(stage, verdict)
    if (!overrules(row.trajectory.key, drop)) return { keep: false, ...drop }
    const blamed = facts.find(({ check, passed }) => !passed && check === verdict.by)
    if (!blamed) return keep
    facts = facts.map(fact => (fact === blamed ? passedOver(fact) : fact))
  }
}

const passedOver = ({ couldNotTell: _, ...fact }: Fact): Fact => ({ ...fact, passed: true, reason: '' })

export const dropBy = (
  stage: string,
  { by = stage, reason, detail, undecided = false }: Objection,
): Drop => ({ stage, by, reason, detail, undecided })

/** What the teacher said last, or what was wrong with it. */
function lastWords({ turns }: Trajectory): string {
  const reply = turns.at(-1)?.reply
  const words = reply && (whyBroken(reply) ?? reply.text)
  return (words ?? '').replace(/\s+/g, ' ').slice(0, 200)
}
