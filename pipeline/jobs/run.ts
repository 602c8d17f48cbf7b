import type { ExportCounts } from '../../output/write.ts'
import { endRefresh } from '../generation.ts'
import type { Run } from '../run.ts'
import { synthesize } from '../solve/synthesize.ts'
import { decide } from './curate.ts'
import { prepare } from './prepare.ts'

/** The whole job. Done again, it goes on from where it was, extends, or does nothing. */
export async function solveAndDecide(run: Run): Promise<ExportCounts> {
  const plan = await prepare(run)
  await synthesize(plan, run)
  const counts = await decide(plan, run)
  await endRefresh(run.store)
  return counts
}
