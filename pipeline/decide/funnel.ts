import type { ExportRow, ScreenedTask } from '../../output/export.ts'
import { type Drop, type DropReason, dropName, shownDrop } from '../../schemas/drop.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import { droppedBy } from '../../schemas/screening.ts'
import type { Removed, Turn } from '../../schemas/trajectory.ts'
import type { Prices } from '../../teachers/prices.ts'
import { plusUsd, totalOf, usedBy } from '../spend/usage-cost.ts'

/** Rollouts of one fate, and what their replies cost in USD: null where a model has no price. */
export interface Fate {
  count: number
  usd: number | null
}

/** Drops of one name, as people read it. */
export interface Dropped extends Fate {
  stage: string
  reason: string
  /** Only where it is not the teacher's doing: another run may decide otherwise. */
  undecided?: true
  /** Ids of a few of them. */
  examples: string[]
}

/**
 * Tasks by where they went. The cost of tasks that are not screened yet is not known. For the others it is the cost of
 * the replies that their screening rests on: of all tasks in `usd`, of the dropped ones in `dropUsd`, null if a model
 * has no price.
 */
export interface ScreenedCounts {
  tasks: number
  sft: number
  rl: number
  drop: number
  unscreened: number
  usd: number | null
  dropUsd: number | null
}

/** What became of a run's rollouts, in numbers. */
export interface Funnel {
  /** Only where a run screens. */
  screened?: ScreenedCounts
  rollouts: number
  answered: number
  kept: number
  /** What the replies of kept rows cost. */
  keptUsd: number | null
  /** All that a stage dropped. The most frequent first, as in the two that follow. */
  stages: (Fate & { stage: string })[]
  dropped: Dropped[]
  /** Drops that were passed over, because `kindling rescue` said so. */
  rescued: Dropped[]
  categories: Record<string, { rollouts: number; kept: number }>
  /** Calls and how many of them were the teacher's mistakes, by tool. */
  tools: Record<string, { calls: number; mistakes: number }>
  /** Search results that no teacher was shown, by provider and reason. */
  removed: Removed[]
  turns: number
  usage: Usage
}

/** The reason of a task that could not be screened. */
export const unscreened = 'unscreened' as const

const notScreened: Drop = { stage: 'screen', by: 'screen', reason: unscreened, detail: '', undecided: true }

interface Counter {
  add(row: ExportRow): void
  addTask(task: ScreenedTask): void
  funnel(): Funnel
}

/** Count rows and tasks, one at a time. */
export function counter(prices: Prices): Counter {
  const total = {
    rollouts: 0,
    answered: 0,
    kept: 0,
    keptUsd: 0 as number | null,
    turns: 0,
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
  }
  const screened: ScreenedCounts = { tasks: 0, sft: 0, rl: 0, drop: 0, unscreened: 0, usd: 0, dropUsd: 0 }
  const stages = grouped(() => ({ stage: '', count: 0, usd: 0 as number | null }))
  const drops = grouped(noDrop)
  const rescued = grouped(noDrop)
  const categories = grouped(() => ({ rollouts: 0, kept: 0 }))
  const tools = grouped(() => ({ calls: 0, mistakes: 0 }))
  const removed = grouped((): Removed => ({ provider: '', reason: '', count: 0 }))

  function addOutcome({ measured: { trajectory }, verdict }: ExportRow) {
    const category = categories.of(trajectory.task.category)
    total.rollouts++
    category.rollouts++
    if (trajectory.outcome.kind === 'answered') total.answered++
    const { usd } = usedBy(trajectory, prices)
    const { id } = trajectory.task
    for (const each of verdict.rescued ?? []) addDrop(rescued.of(dropName(each)), each, usd, id)
    if (verdict.keep) {
      total.kept++
      category.kept++
      total.keptUsd = plusUsd(total.keptUsd, usd)
      return
    }
    drop(verdict, usd, id)
  }

  function drop(why: Drop, usd: number | null, id: string) {
    const group = drops.of(dropName(why))
    addDrop(group, why, usd, id)
    if (why.undecided) group.undecided = true
    const stage = stages.of(why.stage)
    Object.assign(stage, { stage: why.stage, count: stage.count + 1, usd: plusUsd(stage.usd, usd) })
  }

  function addTurn({ reply, observations }: Turn) {
    total.turns++
    for (const field of ['input', 'output', 'cached', 'reasoning'] as const)
      total.usage[field] += reply.usage[field]
    for (const each of observations.flatMap(({ removed = [] }) => removed)) {
      const known = removed.of(`${each.provider}\n${each.reason}`)
      Object.assign(known, { ...each, count: known.count + each.count })
    }
    for (const [index, { mistake }] of observations.entries()) {
      // Their names are made up: each would be a group of its own.
      const unknown = mistake?.kind === 'unknown_tool'
      const tool = tools.of(unknown ? '(unknown)' : (reply.calls[index]?.name ?? ''))
      tool.calls++
      if (mistake) tool.mistakes++
    }
  }

  return {
    add(row) {
      addOutcome(row)
      row.measured.trajectory.turns.forEach(addTurn)
    },
    addTask({ id, screening }) {
      const { route, used } = screening ?? { route: unscreened, used: [] }
      const usd = used ? totalOf(used, prices).usd : null
      screened.tasks++
      screened[route]++
      screened.usd = plusUsd(screened.usd, usd)
      if (route === 'drop') screened.dropUsd = plusUsd(screened.dropUsd, usd)
      if (!screening) drop(notScreened, usd, id)
      else if (route === 'drop') drop(droppedBy(screening), usd, id)
    },
    funnel: () => ({
      ...(screened.tasks > 0 ? { screened } : {}),
      ...total,
      categories: categories.all(),
      tools: tools.all(),
      removed: Object.values(removed.all()),
      stages: Object.values(stages.all()).sort(mostFirst),
      dropped: Object.values(drops.all()).sort(mostFirst),
      rescued: Object.values(rescued.all()).sort(mostFirst),
    }),
  }
}

/** Things that come into being when their name is first heard. */
export function grouped<T>(empty: () => T) {
  const groups = new Map<string, T>()
  return {
    of(name: string): T {
      const group = groups.get(name) ?? empty()
      groups.set(name, group)
      return group
    },
    /** By name. */
    all: (): Record<string, T> => Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

const noDrop = (): Dropped => ({ stage: '', reason: '', count: 0, usd: 0, examples: [] })

function addDrop(drop: Dropped, why: DropReason, usd: number | null, id: string) {
  Object.assign(drop, { ...shownDrop(why), count: drop.count + 1, usd: plusUsd(drop.usd, usd) })
  if (drop.examples.length < 3 && !drop.examples.includes(id)) drop.examples.push(id)
}

const mostFirst = (a: Fate, b: Fate) => b.count - a.count
