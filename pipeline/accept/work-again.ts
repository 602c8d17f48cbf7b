import type { Store } from '../../store/store.ts'
import { plusUsd } from '../spend/usage-cost.ts'

/** Work that a run holds and that its config would have done again, since something else is asked now. */
export interface Again {
  /** Such as `rollout`. */
  what: string
  /** Where the new work will be stored, one for each. */
  keys: string[]
  /** What it costs at most, in USD, from what the stored work did; null where a price is not known. */
  usd: number | null
  /** The parts of the config that are others now. */
  because: string[]
}

/** What is said of one piece of work. */
export interface Piece {
  key: string
  usd: number | null
  because: readonly string[]
}

/** All pieces that nobody has accepted yet. */
export async function sumOf(what: string, pieces: Iterable<Piece>, store: Store): Promise<Again> {
  const again: Again = { what, keys: [], usd: 0, because: [] }
  for (const { key, usd, because } of pieces) {
    if (await store.get('accepted', workKey(key))) continue
    again.keys.push(key)
    again.usd = plusUsd(again.usd, usd)
    for (const part of because) if (!again.because.includes(part)) again.because.push(part)
  }
  return again
}

/** They may be done. */
export const acceptAll = (again: readonly Again[], store: Store) =>
  Promise.all(again.flatMap(({ keys }) => keys.map(key => store.put('accepted', workKey(key), true))))

const workKey = (key: string) => `work/${key}`
