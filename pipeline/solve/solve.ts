import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { deciding, isWanted, rungs } from '../decide/teacher-ladder.ts'
import { NotStored } from '../errors.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import { rollout } from '../rollout/rollout.ts'
import type { Run } from '../run.ts'
import { type Came, openStage } from '../stage.ts'
import { verify } from '../verify/verify.ts'
import { beside, openSteering } from './steering.ts'
import { inWaves } from './waves.ts'

/**
 * Do every planned rollout that is not done yet. The half that costs money: it asks teachers. Those further up a ladder
 * follow when all below them are done and it is known what those solved.
 */
export async function solve(plan: Plan, run: Run): Promise<void> {
  const stage = openStage(run, 'synthesize', plan.total)
  const { unpriced } = run.spending
  if (unpriced.length > 0) run.listen({ kind: 'warning', message: noPrice(unpriced) })
  const { work, written } = worker(plan, run.store)
  await using steering = await openSteering(run)
  for (const [rung, teachers] of rungs(run.config).entries()) {
    if (rung > 0) await verify(plan, beside(run, deciding(run.config)))
    for await (const portion of steering.portions(plan, teachers)) {
      const over = (step: typeof work) => stage.each(planned(portion, run), step)
      await inWaves(run, over, work).finally(written)
    }
  }
}

const noPrice = (models: readonly string[]) =>
  `no price is known for ${models.join(', ')}: tokens are counted, costs are not; name them in a price file (\`prices\`)`

/**
 * `work` does one rollout, unless it is done or needless. Its turns are durable then; the trajectory they make up is
 * when `written` resolves, because the next rollout need not wait for that.
 */
function worker(plan: Plan, store: Store) {
  let written = Promise.resolve()

  function keep(trajectory: Trajectory) {
    const put = store.put('trajectories', trajectory.key, trajectory)
    written = Promise.all([written, put]).then(() => {})
    written.catch(() => {})
  }

  async function work(item: Planned, run: Run): Promise<Came> {
    if (await isDone(store, item.key)) return 'already'
    if (!(await isWanted(item, plan, run))) return 'needless'
    const trajectory = await rollout(item, run).catch(error => {
      throw error instanceof NotStored ? new NotStored(error.what, error.turn, item) : error
    })
    keep(trajectory)
    return trajectory.outcome.kind === 'failed' ? 'failed' : 'new'
  }

  return { work, written: () => written }
}

/** One that failed is not: it was never the teacher's fault, so it is done again. */
async function isDone(store: Store, key: string): Promise<boolean> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (trajectory?.outcome.kind === 'failed') await store.delete('trajectories', key)
  return trajectory !== undefined && trajectory.outcome.kind !== 'failed'
}
