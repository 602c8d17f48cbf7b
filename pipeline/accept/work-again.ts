import type { Database } from '../../store/database.ts'
import type { Store } from '../../store/store.ts'
import { plusUsd } from '../spend/usage-cost.ts'

/** Work that a run holds and that its config would have done again, since something else is asked now. */
export interface Again {
  /** Such as `rollout`. */
  what: string
  count: number
  /** What it costs at most, in USD, from what the stored work did; null where a price is not known. */
  usd: number | null
  /** The parts of the config that are others now. */
  because: string[]
}

/** What is said of one piece of work. */
export interface Piece {
  /** Where the new work will be stored. */
  key: string
  usd: number | null
  because: readonly string[]
}

/** Sums up work that is to be done again and that nobody has accepted yet. Which pieces these are lies on disk. */
export function openWorkAgain(store: Store, table: Database) {
  table.exec('CREATE TABLE again (key TEXT PRIMARY KEY) WITHOUT ROWID')
  const put = table.prepare('INSERT OR IGNORE INTO again VALUES (?)')
  const page = table.prepare('SELECT key FROM again WHERE key > ? ORDER BY key LIMIT 256')
  const sums = new Map<string, Again>()
  return {
    async add(what: string, { key, usd, because }: Piece): Promise<void> {
      if (await store.get('accepted', workKey(key))) return
      put.run(key)
      const sum = sums.get(what) ?? { what, count: 0, usd: 0, because: [] }
      const all = [...new Set([...sum.because, ...because])]
      sums.set(what, { what, count: sum.count + 1, usd: plusUsd(sum.usd, usd), because: all })
    },
    of: (what: string): Again | undefined => sums.get(what),
    /** They may be done. */
    async accept(): Promise<void> {
      for (let last = ''; ; ) {
        const keys = page.all(last).map(({ key }) => String(key))
        if (keys.length === 0) return
        await Promise.all(keys.map(key => store.put('accepted', workKey(key), true)))
        last = keys.at(-1) ?? ''
      }
    },
  }
}

const workKey = (key: string) => `work/${key}`
