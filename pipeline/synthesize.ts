import type { Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { admitted } from './admission.ts'
import { openBatches } from './batches.ts'
import { eachConcurrent } from './concurrent.ts'
import type { Settings } from './config.ts'
import { type Plan, type Planned, planned } from './plan.ts'
import type { Listener } from './progress.ts'
import { rollout } from './rollout.ts'
import { openSolver } from './solver.ts'
import { inWaves } from './waves.ts'

/** Do every planned rollout that is not done yet. The half that costs money: it asks teachers. */
export async function synthesize(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
) {
  const warn = (message: string) => listen({ kind: 'warning', message })
  const batches = openBatches(config.teachers, store, signal)
  const online = admitted({ limiter: config.limiter, warn })
  const solver = await openSolver(config, store, batches.around(online))
  let done = 0
  let already = 0
  listen({ kind: 'stage', stage: 'synthesize', total: plan.total })

  async function work(item: Planned, signal: AbortSignal) {
    if (await isDone(store, item.key)) already++
    else await store.put('trajectories', item.key, await rollout(item, solver, signal))
    listen({ kind: 'done', stage: 'synthesize', done: ++done, already, total: plan.total })
  }

  const { concurrency } = config.limits
  const over = (step: typeof work) => eachConcurrent(planned(plan, config, store), concurrency, step, signal)
  await inWaves(batches, over, work, listen)
}

/** One that failed is not: it was never the teacher's fault, so it is done again. */
async function isDone(store: Store, key: string): Promise<boolean> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (trajectory?.outcome.kind === 'failed') await store.delete('trajectories', key)
  return trajectory !== undefined && trajectory.outcome.kind !== 'failed'
}
