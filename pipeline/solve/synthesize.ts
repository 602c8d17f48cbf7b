import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { openBatches } from '../batch/batches.ts'
import type { Settings } from '../config.ts'
import { deciding, isWanted, rungs } from '../decide/ladder.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import type { Listener } from '../progress.ts'
import { NotStored } from '../rollout/errors.ts'
import { rollout } from '../rollout/rollout.ts'
import { openSolver, type Solver } from '../rollout/solver.ts'
import { eachAffordable } from '../spend/affordable.ts'
import { verify } from '../verify/verify.ts'
import { openSteering } from './steering.ts'
import { inWaves } from './waves.ts'

/**
 * Do every planned rollout that is not done yet. The half that costs money: it asks teachers. Those further up a ladder
 * follow when all below them are done and it is known what those solved.
 */
export async function synthesize(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open = openSolver,
) {
  const batches = openBatches(config.teachers, store, signal)
  const solver = await open(config, store, listen, batches.around)
  const { unpriced } = solver.spending
  listen({ kind: 'stage', stage: 'synthesize', total: plan.total })
  if (unpriced.length > 0) listen({ kind: 'warning', message: noPrice(unpriced) })
  const { work, written } = worker(plan, solver, listen)
  await using steering = await openSteering(solver, listen)
  for (const [rung, teachers] of rungs(config).entries()) {
    if (rung > 0) await verify(plan, { ...config, checks: deciding(config) }, store, () => {}, signal)
    for await (const portion of steering.portions(plan, teachers, signal)) {
      const over = (step: Work) => solveAll(portion, solver, step, signal)
      await inWaves(batches, over, work, listen).finally(written)
    }
  }
}

type Work = (item: Planned, signal: AbortSignal) => Promise<void>

const noPrice = (models: string[]) =>
  `no price is known for ${models.join(', ')}: tokens are counted, costs are not; name them in a price file (\`prices\`)`

/**
 * `work` does one rollout, unless it is done or needless, and says so. Its turns are durable then; the trajectory they make
 * up is when `written` resolves, because the next rollout need not wait for that.
 */
function worker(plan: Plan, solver: Solver, listen: Listener): { work: Work; written(): Promise<void> } {
  const { config, store, spending } = solver
  let done = 0
  let already = 0
  let written = Promise.resolve()

  function keep(key: string, trajectory: Trajectory) {
    const put = store.put('trajectories', key, trajectory)
    written = Promise.all([written, put]).then(() => {})
    written.catch(() => {})
  }

  const work: Work = async (item, signal) => {
    const began = performance.now()
    let took: { task: string; ms: number } | undefined
    if (await isDone(store, item.key)) already++
    else if (await isWanted(item, plan, config, store)) {
      const trajectory = await rollout(item, solver, signal).catch(error => {
        throw error instanceof NotStored ? new NotStored(error.what, error.turn, item) : error
      })
      keep(item.key, trajectory)
      took = { task: item.task.id, ms: Math.round(performance.now() - began) }
    }
    const { total } = plan
    listen({ kind: 'done', stage: 'synthesize', done: ++done, already, total, usd: spending.usd(), ...took })
  }
  return { work, written: () => written }
}

const solveAll = (plan: Plan, { config, store }: Solver, work: Work, signal: AbortSignal) =>
  eachAffordable(planned(plan, config, store), config.limits.concurrency, work, signal)

/** One that failed is not: it was never the teacher's fault, so it is done again. */
async function isDone(store: Store, key: string): Promise<boolean> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (trajectory?.outcome.kind === 'failed') await store.delete('trajectories', key)
  return trajectory !== undefined && trajectory.outcome.kind !== 'failed'
}
