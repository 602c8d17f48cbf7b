import type { Trajectory } from '../../schemas/trajectory.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { wordsInCommon } from '../ask/kinds-of-fault.ts'
import type { Ask } from '../ask.ts'
import { deciding, isWanted, rungs } from '../decide/teacher-ladder.ts'
import { NotStored } from '../errors.ts'
import { handOut } from '../leading/hand-out.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import { rollout, runFor } from '../rollout/rollout.ts'
import type { Run } from '../run.ts'
import { type Came, openStage } from '../stage.ts'
import { settled } from '../verify/settled.ts'
import { verify } from '../verify/verify.ts'
import { beside, openSteering } from './steering.ts'
import { inWaves } from './waves.ts'

/**
 * Do every planned rollout that is not done yet. The half that costs money: it asks teachers. Those further up a ladder
 * follow when all below them are done and it is known what those solved.
 */
export async function solve(plan: Plan, run: Run): Promise<void> {
  if (run.config.teachers.length === 0) return
  const stage = openStage(run, 'synthesize', plan.total - (plan.brought ?? 0))
  const { unpriced } = run.spending
  if (unpriced.length > 0) run.listen({ kind: 'warning', message: noPrice(unpriced) })
  // Which rollouts a share of strata takes is told each time.
  if (!run.config.fill && (await (await settled(plan, run)).isKnown())) return stage.already()
  const solving = solver(plan, run)
  await using steering = await openSteering(run)
  for (const [rung, teachers] of rungs(run.config).entries()) {
    if (rung > 0) await verify(plan, beside(run, deciding(run.config)))
    for await (const portion of steering.portions(plan, teachers)) {
      const over = (step: Solver['work']) => stage.each(planned(portion, run), step)
      if (run.leader) await handOutUnsolved(portion, run, solving, stage.count)
      else await inWaves(run, over, solving.work).finally(solving.written)
    }
    solving.refuse()
  }
}

const noPrice = (models: readonly string[]) =>
  `no price is known for ${models.join(', ')}: tokens are counted, costs are not; name them in a price file (\`prices\`)`

/** Workers solve what is not solved yet. */
async function handOutUnsolved(portion: Plan, run: Run, solving: Solver, count: (came: Came) => void) {
  async function* unsolved() {
    for await (const item of planned(portion, run)) {
      if (await solving.isDone(item)) count('already')
      else yield item
    }
  }
  const part = { stage: 'synthesize' as const, plan: portion.id, total: portion.total, checks: [] }
  await handOut(unsolved(), part, run, ({ came, fates }) => {
    for (const each of came) count(each)
    solving.hear(fates)
  })
}

export type Solver = ReturnType<typeof solver>

/**
 * `work` does one rollout, unless it is done or needless. Its turns are durable then; the trajectory they make up is
 * when `written` resolves, because the next rollout need not wait for that.
 */
export function solver(plan: Plan, { store }: Run) {
  let written = Promise.resolve()
  const fates = new Map<string, string>()
  const lasting = new Set<string>()

  const noting =
    (ask: Ask): Ask =>
    async (...question) => {
      try {
        return await ask(...question)
      } catch (error) {
        if (error instanceof TeacherError && !error.transient) lasting.add(error.message)
        throw error
      }
    }

  function keep(trajectory: Trajectory) {
    const put = store.put('trajectories', trajectory.key, trajectory)
    written = Promise.all([written, put]).then(() => {})
    written.catch(() => {})
  }

  const earlierOf = (item: Planned) => store.get<Trajectory>('trajectories', item.key)

  function isSolved(earlier: Trajectory | undefined) {
    const solved = earlier !== undefined && earlier.outcome.kind !== 'failed'
    if (solved) fates.set(hopeful, hopeful)
    return solved
  }

  async function work(item: Planned, run: Run): Promise<Came> {
    const earlier = await earlierOf(item)
    if (isSolved(earlier)) return 'already'
    // One that failed was never the teacher's fault, so it is done again.
    if (earlier) await store.delete('trajectories', item.key)
    if (!(await isWanted(item, plan, run))) return 'needless'
    const trajectory = await rollout(item, { ...runFor(item.task, run), ask: noting(run.ask) }).catch(
      error => {
        throw error instanceof NotStored ? new NotStored(error.what, error.turn, item) : error
      },
    )
    keep(trajectory)
    const fate = fateOf(trajectory)
    const again = earlier !== undefined && wordsInCommon(fateOf(earlier)) === wordsInCommon(fate)
    fates.set(again || lasting.has(fate) ? wordsInCommon(fate) : hopeful, fate)
    return trajectory.outcome.kind === 'failed' ? 'failed' : 'new'
  }

  return {
    work,
    written: () => written,
    isDone: async (item: Planned) => isSolved(await earlierOf(item)),
    /** How rollouts failed here, and elsewhere. */
    fates: () => [...fates].map(([words, fate]) => ({ words, fate })),
    hear(told: Iterable<{ words: string; fate: string }>) {
      for (const { words, fate } of told) fates.set(words, fate)
    },
    /**
     * Throws where nothing was ever answered and every rollout failed alike: by what no other try mends, or as it did
     * the last time. A run of a few tasks is over before so many questions failed that its endpoint is given up.
     */
    refuse() {
      const [fate] = fates.values()
      if (fates.size !== 1 || fates.has(hopeful)) return
      throw new TeacherError(`${fate}; every request of this run came to that`, { fatal: true })
    },
  }
}

const hopeful = ''

/** How a teacher failed before it answered anything. */
const fateOf = ({ outcome, turns }: Trajectory): string =>
  outcome.kind === 'failed' && outcome.at === 'teacher' && turns.length === 0 ? outcome.message : hopeful
