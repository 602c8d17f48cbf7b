import { join } from 'node:path'
import { privateKeyIn, signExport } from '../output/lineage/signature.ts'
import type { ExportCounts } from '../output/write.ts'
import type { Settings } from '../pipeline/config.ts'
import { recurate } from '../pipeline/jobs/curate.ts'
import { exportRows } from '../pipeline/jobs/export.ts'
import { bringParts, decideParts } from '../pipeline/jobs/merge.ts'
import { solveAndDecide } from '../pipeline/jobs/solve-and-decide.ts'
import type { Listener } from '../pipeline/progress.ts'
import type { Run } from '../pipeline/run.ts'
import { accepting } from './confirmed.ts'
import type { ExitStatus } from './exits.ts'
import { guarded } from './guarded.ts'
import { filesOfRun } from './keeping/run-files.ts'
import { loadConfig } from './load.ts'
import { type Given, type Opened, onRun, type WorkOptions, type WorkResult } from './on-run.ts'
import { print, type Report, reportOf } from './report.ts'
import { changeRescues, printRescues, type RescueOptions } from './rescue.ts'
import { reading } from './run-folder.ts'
import { datasetOf } from './scheduled/dataset.ts'
import type { GivenTimes } from './scheduled/times.ts'
import { harmless } from './show.ts'

/** Do a job, and report what the run holds afterwards. */
const job = (given: Given, options: Opened, work: (run: Run, pause: () => void) => Promise<ExportCounts>) =>
  onRun(given, options, async (run, pause) => {
    const counts = await work(run, pause)
    const { folder, prices } = run.config
    const exported = join(folder, 'export')
    const { sign } = options
    if (sign !== undefined && !counts.left && !counts.refused) await signExport(exported, privateKeyIn(sign))
    if (run.store.keepFiles) await run.store.keepFiles(await filesOfRun(folder))
    return outcomeOf(await reportOf(folder, run.store, prices), exported, counts)
  })

interface RunOptions extends WorkOptions, GivenTimes {
  refresh?: boolean
  frozen?: boolean
  newest?: boolean
  acceptChanges?: boolean
}

export const run = (path: string, { acceptChanges = false, ...options }: RunOptions) =>
  job(path, { ...options, asks: 'anybody', leads: true }, (run, pause) =>
    solveAndDecide(run, accepting(acceptChanges, options.json ?? false, pause)),
  )

export const curate = (
  path: string,
  { remeasure = [], ...options }: WorkOptions & GivenTimes & { remeasure?: string[] },
) => job(path, { ...options, asks: 'nobody' }, run => recurate(run, remeasure))

export const exportAgain = (path: string, options: WorkOptions & GivenTimes) =>
  job(path, { ...options, asks: 'nobody' }, run => exportRows(run))

export const rescue = (path: string, options: RescueOptions & WorkOptions) =>
  options.list
    ? guarded(async () => {
        const { folder } = await loadConfig(path)
        await reading(folder, store => printRescues(store, options.json ?? false))
      })
    : job(path, { ...workOptions(options), asks: 'nobody' }, async run => {
        const message = await changeRescues(run, options)
        console.error(options.json ? JSON.stringify({ kind: 'rescue', message }) : message)
        return recurate(run)
      })

const workOptions = ({ json = false, allowEmpty, acceptDrift, sign }: WorkOptions): WorkOptions => ({
  json,
  allowEmpty,
  acceptDrift,
  sign,
})

/** What came of an export that may not have been shown. */
type Outcome = Pick<ExportCounts, 'left' | 'refused' | 'shown'>
type Refused = NonNullable<ExportCounts['refused']>

/** What a result says, for machines and for people. */
function outcomeOf(stats: Report, folder: string, outcome: Outcome): WorkResult {
  const { left, refused, shown } = outcome
  const [why = 'nothing was kept'] = stats.advice
  const stays = left !== undefined && left > 0
  return {
    status: exitOf(stats, outcome),
    result: {
      ...stats,
      ...datasetOf(stats, folder, shown),
      ...(stays && { left }),
      ...(refused && { refused }),
    },
    text: `${print(stats)}\n${stays || refused ? '' : `\n${stats.funnel.kept} rows kept. The dataset: ${folder}/README.md`}`,
    asides: [
      ...(left === undefined ? [] : [harmless(why)]),
      ...(stays
        ? [
            `nothing to train on was kept; the earlier export of ${left} rows stays: ${folder} (--allow-empty replaces it)`,
          ]
        : []),
      ...(refused ? [harmless(refusalOf(folder, { refused, shown }))] : []),
    ],
  }
}

/** Which bound was not kept, both figures, where what was written lies, and how to take it. */
function refusalOf(
  folder: string,
  { refused, shown }: Pick<Outcome, 'shown'> & { refused: Refused },
): string {
  const { bound, limit, rows, before, category } = refused
  const kept = `rows kept${category === undefined ? '' : ` of category ${category}`}: ${rows}`
  const lost = before === undefined ? '' : `, before: ${before}`
  const stays = shown ? `the earlier export stays: ${folder}` : 'there is no earlier export'
  return `guard: ${bound} is ${limit}; ${kept}${lost}; ${stays}; the new one lies in ${refused.folder} for a look (--accept-drift takes it)`
}

/** Nothing kept is a result only where anything was decided: what failed on the way is to be tried again. */
export function exitOf(
  { funnel: { dropped } }: Report,
  { left, refused }: Pick<Outcome, 'left' | 'refused'>,
): ExitStatus {
  const open = dropped.filter(({ undecided }) => undecided).length
  if (left !== undefined && open > 0 && open === dropped.length) return 3
  if (refused) return 7
  if (left !== undefined) return 6
  return open > 0 ? 3 : 0
}

interface MergeOptions extends WorkOptions, GivenTimes {
  /** The folder of the merged run, in place of the config's. */
  into?: string
  allowMissing?: boolean
}

/** Join what the parts of a run hold, decide about all of it, and export it. Asks nobody. */
export function merge(
  path: string,
  folders: readonly string[],
  { into, allowMissing = false, ...options }: MergeOptions,
): Promise<void> {
  const parts = { folders, allowMissing }
  const config = async (listen: Listener): Promise<Settings> => {
    const loaded = await loadConfig(path, listen)
    return into === undefined ? loaded : { ...loaded, folder: into }
  }
  return job(config, { ...options, asks: 'nobody', bring: bringParts(parts) }, run => decideParts(parts, run))
}
