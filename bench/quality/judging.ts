import type { Decision } from '../../output/export.ts'
import { decideAll } from '../../pipeline/decide/decide.ts'
import type { Plan } from '../../pipeline/plan.ts'
import type { Run } from '../../pipeline/run.ts'
import { verify } from '../../pipeline/verify/verify.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'

export interface Judged {
  trajectory: Trajectory
  verdict: Decision
  facts: readonly Fact[]
}

/** What the run's own verification and curation say of these trajectories, as if they were all that there is. */
export async function judged(trajectories: readonly Trajectory[], run: Run): Promise<Map<string, Judged>> {
  const { store } = run
  const id = hashOf(trajectories.map(({ key }) => key)).slice(0, 16)
  const plan: Plan = { id, total: trajectories.length, keyOf: () => id }
  for (const trajectory of trajectories) {
    const { key, task, sample } = trajectory
    await store.put('trajectories', key, trajectory)
    await store.put('plan', `${id}/${key}`, { task, teacher: trajectory.teacher.name, sample })
  }
  await verify(plan, run)
  const found = new Map<string, Judged>()
  for await (const { measured, verdict } of decideAll(plan, run))
    found.set(measured.trajectory.key, { ...measured, verdict })
  return found
}
