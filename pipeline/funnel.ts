import type { ExportRow, ScreenedTask } from '../output/export.ts'
import type { Removed, Turn, Usage } from '../schemas/trajectory.ts'

export interface Dropped {
  stage: string
  reason: string
  count: number
  /** Ids of a few of them. */
  examples: string[]
}

/** What became of a run's rollouts, in numbers. */
export interface Funnel {
  /** Tasks that were to be screened, by where they went; only where a run screens. */
  screened?: { tasks: number; sft: number; rl: number; drop: number; unscreened: number }
  rollouts: number
  answered: number
  kept: number
  /** Most frequent first. */
  dropped: Dropped[]
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

interface Counter {
  add(row: ExportRow): void
  addTask(task: ScreenedTask): void
  funnel(): Funnel
}

/** Count rows and tasks, one at a time. */
export function counter(): Counter {
  const total = {
    rollouts: 0,
    answered: 0,
    kept: 0,
    turns: 0,
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
  }
  const screened = { tasks: 0, sft: 0, rl: 0, drop: 0, unscreened: 0 }
  const drops = grouped((): Dropped => ({ stage: '', reason: '', count: 0, examples: [] }))
  const categories = grouped(() => ({ rollouts: 0, kept: 0 }))
  const tools = grouped(() => ({ calls: 0, mistakes: 0 }))
  const removed = grouped((): Removed => ({ provider: '', reason: '', count: 0 }))

  function addOutcome({ measured: { trajectory }, verdict }: ExportRow) {
    const category = categories.of(trajectory.task.category)
    total.rollouts++
    category.rollouts++
    if (trajectory.outcome.kind === 'answered') total.answered++
    if (verdict.keep) {
      total.kept++
      category.kept++
    } else addDrop(drops.of(`${verdict.stage}\n${verdict.reason}`), verdict, trajectory.task.id)
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
      const { route, reason } = screening ?? { route: unscreened, reason: unscreened }
      screened.tasks++
      screened[route]++
      if (route === 'drop' || route === unscreened) {
        addDrop(drops.of(`screen\n${reason}`), { stage: 'screen', reason }, id)
      }
    },
    funnel: () => ({
      ...(screened.tasks > 0 ? { screened } : {}),
      ...total,
      categories: categories.all(),
      tools: tools.all(),
      removed: Object.values(removed.all()),
      dropped: Object.values(drops.all()).sort(mostFirst),
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

function addDrop(drop: Dropped, { stage, reason }: { stage: string; reason: string }, id: string) {
  Object.assign(drop, { stage, reason })
  drop.count++
  if (drop.examples.length < 3) drop.examples.push(id)
}

const mostFirst = (a: Dropped, b: Dropped) => b.count - a.count
