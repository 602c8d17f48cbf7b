import type { Check } from '../../checks/check.ts'
import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { calls, costOf } from '../spend/ledger.ts'
import { plusUsd } from '../spend/usage-cost.ts'
import { type Again, type Piece, sumOf } from './work-again.ts'

/** What checks that ask models have measured, but in another version or with other options. */
export async function factsAgain(
  missing: ReadonlyMap<Check, readonly string[]>,
  store: Store,
  prices: Prices,
): Promise<Again[]> {
  const all: Again[] = []
  for (const [check, keys] of missing) {
    const pieces: Piece[] = []
    for (const key of keys) {
      const because = await othersOf(check, key, store)
      if (because.length > 0) pieces.push({ key, usd: 0, because })
    }
    const again = await sumOf(`fact of ${check.name}`, pieces, store)
    all.push({ ...again, usd: again.keys.length > 0 ? await costOfAll(check, store, prices) : 0 })
  }
  return all
}

/**
 * Why the facts that the check has measured of the same rollout are not the one that is wanted; none where it has none,
 * or where it was told to measure anew.
 */
async function othersOf({ name, version }: Check, wanted: string, store: Store): Promise<string[]> {
  const because: string[] = []
  const [same] = wanted.split('#')
  for await (const { key } of store.scan('facts', wanted.slice(0, wanted.indexOf('@') + 1))) {
    if (key.split('#')[0] === same) return []
    because.push(`checks (${key.includes(`/${name}@${version}-`) ? 'options' : 'version'} of ${name})`)
  }
  return because
}

/** The cost of the check's models so far. Measuring the same again costs no more than that. Unknown for new models. */
async function costOfAll({ models = [] }: Check, store: Store, prices: Prices): Promise<number | null> {
  const names = models.map(({ name }) => name)
  const asked = new Set<string>()
  let usd: number | null = 0
  for await (const call of calls(store)) {
    if (!('teacher' in call) || !names.includes(call.teacher)) continue
    asked.add(call.teacher)
    usd = plusUsd(usd, costOf(call, prices))
  }
  return asked.size === names.length ? usd : null
}
