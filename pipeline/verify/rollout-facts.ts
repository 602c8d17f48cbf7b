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
  const facts = await Promise.all(checks.map(check => store.get<Fact>('facts', keyOf(key, check))))
  return facts.filter(fact => fact !== undefined)
}
