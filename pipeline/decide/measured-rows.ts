import type { Measured } from '../../filters/filter.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Plan, planned } from '../plan.ts'
import type { Run } from '../run.ts'
import { factKeys } from '../verify/check-sources.ts'
import { factsOf } from '../verify/rollout-facts.ts'
import { placed } from './decisions.ts'
import { isWanted } from './teacher-ladder.ts'

/** Every planned trajectory that is there and wanted, with its facts, in key order. */
export async function* measured(plan: Plan, run: Run): AsyncGenerator<Measured> {
  const { store, config } = run
  const keyOf = await factKeys(config.checks, store)
  for await (const item of planned(plan, run)) {
    const trajectory = await store.get<Trajectory>('trajectories', item.key)
    if (!trajectory || !(await isWanted(item, plan, run))) continue
    const row = placed(trajectory, item.task)
    yield { trajectory: row, facts: await factsOf(item.key, config.checks, store, keyOf) }
  }
}
