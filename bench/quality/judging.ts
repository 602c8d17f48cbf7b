import type { Decision } from '../../output/export.ts'
import type { Settings } from '../../pipeline/config.ts'
import { decideAll } from '../../pipeline/decide/curate.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { verify } from '../../pipeline/verify/verify.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'

export interface Judged {
  trajectory: Trajectory
  verdict: Decision
  facts: readonly Fact[]
}

/** What the run's own verification and curation say of these trajectories, as if they were all that there is. */
export async function judged(
  trajectories: readonly Trajectory[],
  config: Settings,
  store: Store,
): Promise<Map<string, Judged>> {
  const id = hashOf(trajectories.map(({ key }) => key)).slice(0, 16)
  const plan: Plan = { id, total: trajectories.length, keyOf: () => id }
  for (const trajectory of trajectories) {
    const { key, task, sample } = trajectory
    await store.put('trajectories', key, trajectory)
    await store.put('plan', `${id}/${key}`, { task, teacher: trajectory.teacher.name, sample })
  }
  await verify(plan, config, store, () => {}, new AbortController().signal)
  const found = new Map<string, Judged>()
  for await (const { measured, verdict } of decideAll(plan, config, store))
    found.set(measured.trajectory.key, { ...measured, verdict })
  return found
}
