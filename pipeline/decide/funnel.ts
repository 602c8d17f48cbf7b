import type { ExportRow, ScreenedTask } from '../../output/export.ts'
import { type Drop, type DropReason, dropName, shownDrop } from '../../schemas/drop.ts'
import { type CheckCounts, factCounter } from '../../schemas/measurement.ts'
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
  /** What checks said of the rows that they measured. */
  checks: CheckCounts[]
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
  const drops = dropCounter()
  const tasks = taskCounter(prices, drops)
  const rows = rowCounter(prices, drops)
  const turns = turnCounter()
  const facts = factCounter()
  return {
    add(row) {
      rows.add(row)
      facts.add(row.measured.facts)
      row.measured.trajectory.turns.forEach(turns.add)
    },
    addTask: tasks.add,
    funnel: () => {
      const { categories, rescued, ...counts } = rows.counts()
      const { tools, removed, ...all } = turns.counts()
      const checks = facts.counted()
      const shown = { categories, checks, tools, removed, ...drops.counts(), rescued }
      return { ...tasks.counts(), ...counts, ...all, ...shown }
    },
  }
}

function rowCounter(prices: Prices, drops: DropCounter) {
  const total = { rollouts: 0, answered: 0, kept: 0, keptUsd: 0 as number | null }
  const rescued = grouped(noDrop)
  const categories = grouped(() => ({ rollouts: 0, kept: 0 }))
  return {
    add({ measured: { trajectory }, verdict }: ExportRow) {
      const { task, outcome } = trajectory
      const category = categories.of(task.category)
      const { usd } = usedBy(trajectory, prices)
      total.rollouts++
      category.rollouts++
      if (outcome.kind === 'answered') total.answered++
      for (const each of verdict.rescued ?? []) addDrop(rescued.of(dropName(each)), each, usd, task.id)
      if (!verdict.keep) return drops.add(verdict, usd, task.id)
      total.kept++
      category.kept++
      total.keptUsd = plusUsd(total.keptUsd, usd)
    },
    counts: () => ({ ...total, categories: categories.all(), rescued: mostFirst(rescued) }),
  }
}

function taskCounter(prices: Prices, drops: DropCounter) {
  const screened: ScreenedCounts = { tasks: 0, sft: 0, rl: 0, drop: 0, unscreened: 0, usd: 0, dropUsd: 0 }
  return {
    add({ id, screening }: ScreenedTask) {
      const { route, used } = screening ?? { route: unscreened, used: [] }
      const usd = used ? totalOf(used, prices).usd : null
      screened.tasks++
      screened[route]++
      screened.usd = plusUsd(screened.usd, usd)
      if (!screening) return drops.add(notScreened, usd, id)
      if (route !== 'drop') return
      screened.dropUsd = plusUsd(screened.dropUsd, usd)
      drops.add(droppedBy(screening), usd, id)
    },
    counts: () => (screened.tasks > 0 ? { screened } : {}),
  }
}

type DropCounter = ReturnType<typeof dropCounter>

function dropCounter() {
  const stages = grouped(() => ({ stage: '', count: 0, usd: 0 as number | null }))
  const drops = grouped(noDrop)
  return {
    add(why: Drop, usd: number | null, id: string) {
      const group = drops.of(dropName(why))
      addDrop(group, why, usd, id)
      if (why.undecided) group.undecided = true
      const stage = stages.of(why.stage)
      Object.assign(stage, { stage: why.stage, count: stage.count + 1, usd: plusUsd(stage.usd, usd) })
    },
    counts: () => ({ stages: mostFirst(stages), dropped: mostFirst(drops) }),
  }
}

function turnCounter() {
  let turns = 0
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0 }
  const tools = grouped(() => ({ calls: 0, mistakes: 0 }))
  const removed = grouped((): Removed => ({ provider: '', reason: '', count: 0 }))
  return {
    add({ reply, observations }: Turn) {
      turns++
      for (const field of ['input', 'output', 'cached', 'reasoning'] as const)
        usage[field] += reply.usage[field]
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
    },
    counts: () => ({ turns, usage, tools: tools.all(), removed: Object.values(removed.all()) }),
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

const mostFirst = <Counted extends Fate>(groups: ReturnType<typeof grouped<Counted>>): Counted[] =>
  Object.values(groups.all()).sort((a, b) => b.count - a.count)
