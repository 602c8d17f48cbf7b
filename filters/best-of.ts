import Type, { type Static } from 'typebox'
import { closed, count, factory } from '../schemas/options.ts'
import { Selector } from './selector.ts'
import { namedRow } from './strata/named-row.ts'
import { Preference, rankOf, usualPreference } from './strata/preference.ts'

export const BestOfOptions = closed({
  /** Trajectories that stay for each task. */
  n: count,
  /** Preferences that say which trajectory is better, the weightiest first; the key decides what is left of ties. */
  prefer: Type.Optional(Type.Immutable(Type.Array(Preference))),
})
export type BestOfOptions = Static<typeof BestOfOptions>

/** Keeps the best trajectories of each task. Put it after `passed('answer')`, so that it chooses among right ones. */
export const bestOf = factory(Selector, 'bestOf', BestOfOptions, ({ n, prefer = usualPreference }) => ({
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
}))
