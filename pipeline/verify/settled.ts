import { hashOf } from '../../schemas/hash.ts'
import { marks } from '../../store/marks.ts'
import type { Plan } from '../plan.ts'
import type { Run } from '../run.ts'
import { factKeys } from './check-sources.ts'

/** Whether all of a plan is solved and measured, so that nobody has to go through it again to find that out. */
export interface Settled {
  isKnown(): Promise<boolean>
  note(): Promise<void>
}

/** Of the facts that the config's checks measure now: those of other checks, or of other code, are others. */
export async function settled(plan: Plan, { config, store }: Run): Promise<Settled> {
  const keyOf = await factKeys(config.checks, store)
  const facts = config.checks.map(check => keyOf('', check))
  const name = hashOf({ plan: plan.id, facts })
  const known = marks<true>(store, 'settled', ['plan', 'trajectories', 'facts'])
  return {
    // A part of a plan is not looked at as a whole.
    isKnown: async () => plan.within === undefined && (await known.get(name)) === true,
    note: () => known.set(name, true),
  }
}
