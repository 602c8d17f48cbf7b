import type { Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { eachConcurrent } from './concurrent.ts'
import type { Settings } from './config.ts'
import { type Plan, type Planned, planned } from './plan.ts'
import type { Listener } from './progress.ts'
import { rollout } from './rollout.ts'
import { openSolver } from './solver.ts'

/** Do every planned rollout that is not done yet. The half that costs money: it asks teachers. */
export async function synthesize(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
) {
  const solver = await openSolver(config, store, listen)
  let done = 0
  let already = 0
  listen({ kind: 'stage', stage: 'synthesize', total: plan.total })

  async function work(item: Planned, signal: AbortSignal) {
    if (await isDone(store, item.key)) already++
    else await store.put('trajectories', item.key, await rollout(item, solver, signal))
    listen({ kind: 'done', stage: 'synthesize', done: ++done, already, total: plan.total })
  }

  await eachConcurrent(planned(plan, config, store), config.limits.concurrency, work, signal)
}

/** One that failed is not: it was never the teacher's fault, so it is done again. */
async function isDone(store: Store, key: string): Promise<boolean> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (trajectory?.outcome.kind === 'failed') await store.delete('trajectories', key)
  return trajectory !== undefined && trajectory.outcome.kind !== 'failed'
}
