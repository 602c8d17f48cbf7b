import type { Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { BudgetError } from './budget.ts'
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
  const solver = await openSolver(config, store)
  const { spending } = solver
  let done = 0
  let already = 0
  let refused: BudgetError | undefined
  listen({ kind: 'stage', stage: 'synthesize', total: plan.total })
  if (spending.unpriced.length > 0) listen({ kind: 'note', text: noPrice(spending.unpriced) })

  async function work(item: Planned, signal: AbortSignal) {
    if (await isDone(store, item.key)) already++
    else await store.put('trajectories', item.key, await rollout(item, solver, signal))
    listen({
      kind: 'done',
      stage: 'synthesize',
      done: ++done,
      already,
      total: plan.total,
      usd: spending.usd(),
    })
  }

  /** One that is refused money ends alone: the others go on as far as it lasts, and no more are begun. */
  const workOrStop = (item: Planned, signal: AbortSignal) =>
    work(item, signal).catch(error => {
      if (!(error instanceof BudgetError)) throw error
      refused ??= error
    })

  const items = until(() => refused !== undefined, planned(plan, config, store))
  await eachConcurrent(items, config.limits.concurrency, workOrStop, signal)
  if (refused) throw refused
}

async function* until<T>(ended: () => boolean, items: AsyncIterable<T>) {
  for await (const item of items) {
    if (ended()) return
    yield item
  }
}

const noPrice = (models: string[]) =>
  `no price is known for ${models.join(', ')}: tokens are counted, costs are not; name them in a price file (\`prices\`)`

/** One that failed is not: it was never the teacher's fault, so it is done again. */
async function isDone(store: Store, key: string): Promise<boolean> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (trajectory?.outcome.kind === 'failed') await store.delete('trajectories', key)
  return trajectory !== undefined && trajectory.outcome.kind !== 'failed'
}
