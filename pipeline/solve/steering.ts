import type { Check } from '../../checks/check.ts'
import type { Measured } from '../../filters/filter.ts'
import type { Quotas } from '../../filters/selector.ts'
import type { Task } from '../../schemas/task.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { openDecisionTable } from '../decide/decision-table.ts'
import { measured } from '../decide/measured-rows.ts'
import { judgeOf } from '../decide/row-judge.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import type { Run } from '../run.ts'
import { verify } from '../verify/verify.ts'

/** Which part of the plan is to be done. */
export interface Steering extends AsyncDisposable {
  /**
   * Portions of these teachers' rollouts, one after the other. Each is to be done before the next is asked for. It is
   * then checked and judged, so the next portion holds only what is still wanted.
   */
  portions(plan: Plan, teachers: readonly Teacher[]): AsyncIterable<Plan>
}

/**
 * The run for what is measured while it is solved: it is no stage of its own, and what is left open is told by the
 * stage that is.
 */
export const beside = (run: Run, checks: Check[]): Run => ({
  ...run,
  config: { ...run.config, checks },
  listen: () => {},
})

/** Steer by the config's `fill`; without it, all is one portion. */
export async function openSteering(run: Run): Promise<Steering> {
  const { fill } = run.config
  return fill ? steer(fill, run) : everything
}

const everything: Steering = {
  async *portions(plan, teachers) {
    yield { ...plan, within: item => isWithin(plan, item) && teachers.includes(item.teacher) }
  },
  [Symbol.asyncDispose]: async () => {},
}

const isWithin = ({ within }: Plan, item: Planned) => within?.(item) ?? true

/**
 * A portion holds as many rollouts of a stratum as rows are missing, in the order of the plan. So no rollout is done
 * that was not needed. The rollouts done in the end are the shortest beginning of a stratum's rollouts that fills it,
 * whatever is killed and however many are at work at once.
 */
async function steer(goal: Quotas, run: Run): Promise<Steering> {
  const { config } = run
  const decisions = await openDecisionTable(run)
  const judge = judgeOf(config.filters, decisions.overrules)
  const tally = tallyOf(goal)
  let counted = true

  const free = config.checks.filter(({ models = [] }) => models.length === 0)

  async function count(portion: Plan) {
    for await (const row of measured(portion, run)) {
      const decision = judge(row)
      if (decision.keep) tally.keep(row)
      else if (decision.undecided) tally.hold(row.trajectory.task)
    }
  }

  return {
    async *portions(plan, teachers) {
      const within = (item: Planned) => isWithin(plan, item) && teachers.includes(item.teacher)
      const after = new Map<string, string>()
      for (;;) {
        const upTo = await reach({ ...plan, within }, after, tally, run)
        if (upTo.size === 0) return
        const isNext = between(new Map(after), upTo, tally)
        const portion: Plan = { ...plan, within: item => within(item) && isNext(item) }
        counted = false
        let checked = false
        try {
          yield portion
          await verify(portion, beside(run, config.checks))
          checked = true
        } finally {
          // One that broke off, as where the money is used up, counts as far as that can be said for nothing.
          if (!checked) await verify(portion, beside(run, free))
          await count(portion)
          counted = true
        }
        for (const [stratum, key] of upTo) after.set(stratum, key)
      }
    },
    async [Symbol.asyncDispose]() {
      await decisions[Symbol.asyncDispose]()
      const message = counted ? tally.shortage() : undefined
      if (message !== undefined) run.listen({ kind: 'warning', message })
    },
  }
}

type Tally = ReturnType<typeof tallyOf>

/** The keys of the last rollouts, by stratum. */
type Reach = ReadonlyMap<string, string>

/** The last rollout of each stratum that there is room for, after those of `after`. */
async function reach(part: Plan, after: Reach, tally: Tally, run: Run): Promise<Reach> {
  const upTo = new Map<string, string>()
  const room = new Map<string, number>()
  let left = tally.roomInAll()
  for await (const item of planned(part, run)) {
    if (left <= 0) break
    const stratum = tally.stratumOf(item.task)
    const free = room.get(stratum) ?? tally.room(stratum)
    if (free <= 0 || item.key <= (after.get(stratum) ?? '')) continue
    room.set(stratum, free - 1)
    upTo.set(stratum, item.key)
    left--
  }
  return upTo
}

/** Whether a rollout comes after one reach, and not after the other. */
const between =
  (after: Reach, upTo: Reach, tally: Tally) =>
  ({ task, key }: Planned): boolean => {
    const stratum = tally.stratumOf(task)
    return key > (after.get(stratum) ?? '') && key <= (upTo.get(stratum) ?? '')
  }

/** Stands for all strata where a task does not say in which its rows will be. */
const any = '\0'

/** How full strata are. A rollout that failed, or could not be checked, keeps its place: another run does it again. */
function tallyOf({ counts, others, stratumOf, stratumOfTask }: Quotas) {
  const kept = new Map<string, number>()
  const held = new Map<string, number>()
  const add = (map: Map<string, number>, stratum: string) => map.set(stratum, (map.get(stratum) ?? 0) + 1)
  const missing = () => stillWanted(counts, Object.fromEntries(kept))
  const inAll = () => Object.values(missing()).reduce((sum, count) => sum + count, 0)
  const poolOf = (task: Task) => stratumOfTask(task) ?? any
  return {
    stratumOf: poolOf,
    keep: (row: Measured) => void add(kept, stratumOf(row)),
    hold: (task: Task) => void add(held, poolOf(task)),
    room(stratum: string): number {
      const places = held.get(stratum) ?? 0
      if (stratum === any) return inAll() - places
      if (Object.hasOwn(counts, stratum)) return (missing()[stratum] ?? 0) - places
      return others === 'keep' ? Number.POSITIVE_INFINITY : 0
    },
    /** Of all strata together, at most. */
    roomInAll: () => (others === 'keep' ? Number.POSITIVE_INFINITY : inAll()),
    /** One line about what is not full; undefined where all is. */
    shortage(): string | undefined {
      const short = Object.entries(missing()).map(
        ([stratum, count]) => `${stratum} by ${count} of ${counts[stratum]}`,
      )
      return short.length > 0 ? `there are too few rows: ${short.join(', ')}` : undefined
    },
  }
}

/** How many rows are still wanted of each stratum, where so many are kept; strata that are full are left out. */
export const stillWanted = (
  counts: Readonly<Record<string, number>>,
  kept: Readonly<Record<string, number>>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts)
      .map(([stratum, wanted]): [string, number] => [
        stratum,
        wanted - (Object.hasOwn(kept, stratum) ? (kept[stratum] ?? 0) : 0),
      ])
      .filter(([, missing]) => missing > 0),
  )
