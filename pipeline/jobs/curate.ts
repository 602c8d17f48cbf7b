import type { ExportCounts } from '../../output/write.ts'
import type { Run } from '../run.ts'
import { rerunRollouts } from '../taking/rerun-rollouts.ts'
import { remeasure } from '../verify/check-sources.ts'
import { decideAndExport } from './decide-and-export.ts'
import { prepare } from './prepare.ts'

/**
 * Measure what is new, and again what the checks in `anew` measured. Then decide again and write the exports. If the
 * run may ask nobody, tasks and facts that need an answer stay open.
 */
export async function recurate(run: Run, anew: readonly string[] = []): Promise<ExportCounts> {
  await remeasure(anew, run.config.checks, run.store)
  const plan = await prepare(run)
  await rerunRollouts(plan, run)
  return decideAndExport(plan, run)
}
