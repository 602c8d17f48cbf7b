import type { ExportCounts } from '../../output/write.ts'
import { writeDecisions } from '../decide/decide.ts'
import type { Plan } from '../plan.ts'
import type { Run } from '../run.ts'
import { verify } from '../verify/verify.ts'
import { exportRows } from './export.ts'

/** Measure what is new, decide about all, and export it, unless that is what the export holds already. */
export async function decideAndExport(plan: Plan, run: Run): Promise<ExportCounts> {
  await verify(plan, run)
  run.deadline?.lift()
  return exportRows(run, await writeDecisions(plan, run))
}
