import type { Check } from '../../checks/check.ts'
import type { Fact } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { FactKeys } from './check-sources.ts'

/** What the config's checks have measured about a rollout. */
export async function factsOf(
  key: string,
  checks: readonly Check[],
  store: Store,
  keyOf: FactKeys,
): Promise<Fact[]> {
  const all = new Map<string, Fact>()
  for await (const { key: name, value } of store.scan<Fact>('facts', `${key}/`)) all.set(name, value)
  return checks.map(check => all.get(keyOf(key, check))).filter(fact => fact !== undefined)
}
