import type { ExportCounts } from '../../output/write.ts'
import { taskList } from '../../tasks/task-list.ts'
import { type Accept, ensureAccepted } from '../accept/agreement.ts'
import { endRefresh } from '../generation.ts'
import type { Plan } from '../plan.ts'
import { demandOpened } from '../rollout/opened-pictures.ts'
import type { Run } from '../run.ts'
import { solve } from '../solve/solve.ts'
import { rerunRollouts } from '../taking/rerun-rollouts.ts'
import { decideAndExport } from './decide-and-export.ts'
import { planOf, type Taken, takeIn } from './prepare.ts'

/**
 * The whole job. Run again, it goes on from where it was, extends, or does nothing. Pictures that the sandbox does not
 * open are refused first. If stored work would be done again because something else is asked now, `accept` is asked.
 */
export async function solveAndDecide(run: Run, accept: Accept = async () => true): Promise<ExportCounts> {
  const plan = await solveTaken(await takeAccepted(run, accept), run)
  const counts = await decideAndExport(plan, run)
  await endRefresh(run.store)
  return counts
}

/** Take in what is to be solved. Throws where something is wrong with it, and where it is not to be paid for. */
export async function takeAccepted(run: Run, accept: Accept): Promise<Taken> {
  const list = await takeIn(run)
  await demandOpened(taskList(run.store, list.fingerprint), run)
  await ensureAccepted(list, run, accept)
  return list
}

/** Solve what was taken in, and run again what was brought. */
export async function solveTaken(list: Taken, run: Run): Promise<Plan> {
  const plan = await planOf(list, run)
  await solve(plan, run)
  await rerunRollouts(plan, run)
  return plan
}
