import { dirname, join } from 'node:path'
import type { ExportCounts } from '../../output/write.ts'
import type { Report } from '../report.ts'
import type { Dataset } from './lines.ts'

/** What a result line says of a run's rows, and of the export that is `shown` at the path where it is loaded from. */
export function datasetOf(
  { tasks, funnel, costs, targets }: Report,
  path: string,
  shown: ExportCounts['shown'],
): Dataset {
  const { rollouts: trajectories, answered, kept, dropped } = funnel
  const reasons = dropped.map(({ stage, reason, count }) => [`${stage}/${reason}`, count])
  return {
    counts: { tasks, trajectories, answered, kept, dropped: Object.fromEntries(reasons) },
    targets,
    usd: costs.total.usd,
    export: path,
    exported: shown && { path: numbered(path, shown.export), number: shown.export },
    hashes: { manifest: shown?.manifest ?? null },
  }
}

const numbered = (path: string, number: string | null) =>
  number === null ? path : join(dirname(path), 'exports', number)
