import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { wordsInCommon } from '../ask/kinds-of-fault.ts'
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
  const { work, written, refuse } = worker(plan, run.store)
  await using steering = await openSteering(run)
  for (const [rung, teachers] of rungs(run.config).entries()) {
    if (rung > 0) await verify(plan, beside(run, deciding(run.config)))
    for await (const portion of steering.portions(plan, teachers)) {
      const over = (step: typeof work) => stage.each(planned(portion, run), step)
      await inWaves(run, over, work).finally(written)
    }
    refuse()
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
  const fates = new Map<string, string>()

  function keep(trajectory: Trajectory) {
    const put = store.put('trajectories', trajectory.key, trajectory)
    written = Promise.all([written, put]).then(() => {})
    written.catch(() => {})
  }

  async function work(item: Planned, run: Run): Promise<Came> {
    const earlier = await store.get<Trajectory>('trajectories', item.key)
    if (earlier && earlier.outcome.kind !== 'failed') {
      fates.set(hopeful, hopeful)
      return 'already'
    }
    // One that failed was never the teacher's fault, so it is done again.
    if (earlier) await store.delete('trajectories', item.key)
    if (!(await isWanted(item, plan, run))) return 'needless'
    const trajectory = await rollout(item, run).catch(error => {
      throw error instanceof NotStored ? new NotStored(error.what, error.turn, item) : error
    })
    keep(trajectory)
    const fate = fateOf(trajectory)
    if (earlier && wordsInCommon(fateOf(earlier)) === wordsInCommon(fate))
      fates.set(wordsInCommon(fate), fate)
    else fates.set(hopeful, hopeful)
    return trajectory.outcome.kind === 'failed' ? 'failed' : 'new'
  }

  return {
    work,
    written: () => written,
    /** Throws where nothing was ever answered, and every rollout failed as it did the last time. */
    refuse() {
      const [fate = hopeful, ...others] = fates.values()
      if (fate !== hopeful && others.length === 0) throw new TeacherError(fate, { fatal: true })
    },
  }
}

const hopeful = ''

/** How a teacher failed before it answered anything. */
const fateOf = ({ outcome, turns }: Trajectory): string =>
  outcome.kind === 'failed' && outcome.at === 'teacher' && turns.length === 0 ? outcome.message : hopeful
