import type { Selector } from './selector.ts'
import { namedRow } from './strata/named-row.ts'
import { type Preference, rankOf, usualPreference } from './strata/prefer.ts'

export interface BestOfOptions {
  /** Trajectories that stay for each task. */
  n: number
  /** What makes one better than another, the weightiest first; what is left of ties is decided by the key. */
  prefer?: readonly Preference[]
}

/** Keep the best trajectories of each task. Put it after `passed('answer')`, so that it chooses among right ones. */
export const bestOf = ({ n, prefer = usualPreference }: BestOfOptions): Selector => ({
  name: 'best_of',
  version: 1,
  options: { n, prefer: [...prefer] },
  async *select(rows, { table }) {
    table.exec('CREATE TABLE rows (task TEXT, rank BLOB, key TEXT, PRIMARY KEY (task, rank)) WITHOUT ROWID')
    const put = table.prepare('INSERT INTO rows VALUES (?, ?, ?)')
    for await (const { trajectory } of rows)
      put.run(trajectory.task.id, rankOf(trajectory, prefer), trajectory.key)
    const ranked = table.prepare(`
      SELECT task, key, row_number() OVER best AS place, first_value(key) OVER best AS first
      FROM rows WINDOW best AS (PARTITION BY task ORDER BY rank)`)
    for (const { task, key, place, first } of ranked.iterate())
      if (Number(place) > n)
        yield {
          key: String(key),
          reason: 'not_among_best',
          detail: `place ${place} of its task; the best is ${namedRow(String(task), String(first))}`,
        }
  },
})
