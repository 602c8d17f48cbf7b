import Type, { type Static } from 'typebox'
import { sha256 } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed, filledText } from '../../schemas/options.ts'
import type { Task } from '../../schemas/task.ts'
import type { Measured, Needs } from '../filter.ts'
import type { Rejection, Workspace } from '../selector.ts'
import { Preference, rankOf } from './preference.ts'

/**
 * What rows are sorted by: the task's category or source, the teacher, the tools whose calls worked
 * (`python+text_search`, or `none`), a field of the task's `meta` (dotted for a nested one), or what a check measured
 * (its detail where it passed, else the reason, also of why it could not tell).
 */
export const By = Type.Union([
  Type.Enum(['category', 'source', 'teacher', 'tools']),
  closed({ meta: filledText }),
  closed({ fact: filledText }),
])
export type By = Static<typeof By>

/** The check it takes to sort rows so. */
export const needsOf = (by: By): Needs =>
  typeof by === 'object' && 'fact' in by ? { checks: [by.fact] } : {}

export const strataOptions = (by: By): JsonObject[string] => (typeof by === 'string' ? by : { ...by })

/** The stratum of a row; `none` where it has not got what it is sorted by. */
export function stratumOf({ trajectory, facts }: Measured, by: By): string {
  if (by === 'teacher') return trajectory.teacher.name
  if (by === 'tools') return toolsOf(trajectory)
  if (typeof by === 'object' && 'fact' in by) {
    const fact = facts.find(({ check }) => check === by.fact)
    return (fact?.passed ? fact.detail || 'passed' : fact?.reason) ?? 'none'
  }
  return stratumOfTask(trajectory.task, by) ?? 'none'
}

/** The stratum that every row of a task will be in; undefined where that is only known of a trajectory. */
export function stratumOfTask(task: Task, by: By): string | undefined {
  if (by === 'category') return task.category
  if (by === 'source') return task.source.name
  if (typeof by === 'string' || 'fact' in by) return undefined
  let value: unknown = task.meta
  for (const step of by.meta.split('.'))
    value =
      value !== null && typeof value === 'object' && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined
  return value === undefined || value === null ? 'none' : String(value)
}

function toolsOf({ turns }: Measured['trajectory']): string {
  const worked = turns.flatMap(({ reply, observations }) =>
    reply.calls.filter((_, index) => observations[index]?.mistake === null).map(({ name }) => name),
  )
  return [...new Set(worked)].sort().join('+') || 'none'
}

export const Choice = closed({
  by: By,
  /** Which rows of a stratum stay where not all do: the best, or without it a fair draw. */
  prefer: Type.Optional(Type.Immutable(Type.Array(Preference))),
  /** Another seed draws others. */
  seed: Type.Optional(Type.Integer()),
})
export type Choice = Static<typeof Choice>

/** Put rows down by their strata, in the order in which they are to stay; how many there are of each. */
export async function countStrata(
  rows: AsyncIterable<Measured>,
  { by, prefer = [], seed = 0 }: Choice,
  { table }: Workspace,
): Promise<Map<string, number>> {
  table.exec(
    'CREATE TABLE rows (stratum TEXT, rank BLOB, lot TEXT, key TEXT, PRIMARY KEY (stratum, rank, lot)) WITHOUT ROWID',
  )
  const put = table.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)')
  for await (const row of rows) {
    const { key } = row.trajectory
    const rank = rankOf(row.trajectory, prefer).subarray(0, prefer.length * 8)
    put.run(stratumOf(row, by), rank, sha256(`${seed}:${key}`), key)
  }
  const counted = table.prepare('SELECT stratum, count(*) AS count FROM rows GROUP BY stratum')
  return new Map(counted.all().map(({ stratum, count }) => [String(stratum), Number(count)]))
}

/** Whoever stands behind the places that `places` gives a stratum; undefined is room for all. */
export function* beyond(
  { table }: Workspace,
  places: (stratum: string) => number | undefined,
  why: (stratum: string) => Omit<Rejection, 'key'>,
): Iterable<Rejection> {
  const ordered = table.prepare(
    'SELECT stratum, key, row_number() OVER (PARTITION BY stratum ORDER BY rank, lot) AS place FROM rows',
  )
  for (const { stratum, key, place } of ordered.iterate()) {
    const room = places(String(stratum))
    if (room !== undefined && Number(place) > room) yield { key: String(key), ...why(String(stratum)) }
  }
}
