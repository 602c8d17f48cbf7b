import type { Check } from '../../checks/check.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import type { Settings } from '../config.ts'
import { ConfigError } from '../errors.ts'
import type { Plan, Planned } from '../plan.ts'
import type { Run } from '../run.ts'
import { factKeys } from '../verify/check-sources.ts'
import { factsOf } from '../verify/rollout-facts.ts'

/**
 * The checks that say whether a task is solved: the free ones where there are any, so that asking a rung costs no more.
 */
export function deciding({ checks }: Pick<Settings, 'checks'>): Check[] {
  const settling = checks.filter(({ settles }) => settles)
  const free = settling.filter(({ models = [] }) => models.length === 0)
  return free.length > 0 ? free : settling
}

/** Teachers by how many others stand below them on their ladder. Throws ConfigError where a ladder has no ground. */
export function rungs(config: Settings): Teacher[][] {
  const levels = config.teachers.map(teacher => ({ teacher, level: levelOf(teacher, config) }))
  const highest = Math.max(...levels.map(({ level }) => level))
  if (highest > 0 && deciding(config).length === 0)
    throw new ConfigError(
      'teachers: a ladder needs a check that says what is solved; add answer() to checks, or set `settles` on one of your own',
    )
  return Array.from({ length: highest + 1 }, (_, rung) =>
    levels.filter(({ level }) => level === rung).map(({ teacher }) => teacher),
  )
}

function levelOf(teacher: Teacher, { teachers }: Settings): number {
  let level = 0
  for (let each: Teacher | undefined = teacher; each?.after !== undefined; level++) {
    const { after, name }: Teacher = each
    each = teachers.find(({ name }) => name === after)
    if (!each || level > teachers.length)
      throw new ConfigError(
        `teachers: ${name} comes after ${after}, which is not a teacher below it; add that one`,
      )
  }
  return level
}

/**
 * Whether a rollout is wanted. It is not if a teacher further down the ladder solved the task, or may still solve it.
 */
export async function isWanted(
  { task, teacher }: Pick<Planned, 'task' | 'teacher'>,
  plan: Plan,
  run: Run,
): Promise<boolean> {
  const { config, store } = run
  const below = config.teachers.find(({ name }) => name === teacher.after)
  if (!below) return true
  if (!(await isWanted({ task, teacher: below }, plan, run))) return false
  const checks = deciding(config)
  const keyOf = await factKeys(checks, store)
  for (let sample = 0; sample < below.samples; sample++) {
    const key = plan.keyOf(task, below, sample)
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (!trajectory || trajectory.outcome.kind === 'failed') return false
    const facts = await factsOf(key, checks, store, keyOf)
    if (facts.length > 0 && facts.every(({ passed }) => passed)) return false
  }
  return true
}
