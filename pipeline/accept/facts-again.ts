import type { Check } from '../../checks/check.ts'
import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { calls, costOf } from '../spend/ledger.ts'
import { plusUsd } from '../spend/usage-cost.ts'

/**
 * Why the facts that the check has measured of the same rollout are not the one that is wanted; none where it has none,
 * or where it was told to measure anew.
 */
export async function otherFacts({ name, version }: Check, wanted: string, store: Store): Promise<string[]> {
  const because: string[] = []
  const [same] = wanted.split('#')
  for await (const { key } of store.scan('facts', wanted.slice(0, wanted.indexOf('@') + 1))) {
    if (key.split('#')[0] === same) return []
    because.push(`checks (${key.includes(`/${name}@${version}-`) ? 'options' : 'version'} of ${name})`)
  }
  return because
}

/** The cost of the check's models so far. Measuring the same again costs no more than that. Unknown for new models. */
export async function costOfAll(
  { models = [] }: Check,
  store: Store,
  prices: Prices,
): Promise<number | null> {
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
