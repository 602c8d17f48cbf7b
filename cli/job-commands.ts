import { join } from 'node:path'
import type { ExportCounts } from '../output/write.ts'
import { recurate } from '../pipeline/jobs/curate.ts'
import { exportRows } from '../pipeline/jobs/export.ts'
import { solveAndDecide } from '../pipeline/jobs/solve-and-decide.ts'
import type { Run } from '../pipeline/run.ts'
import { accepting } from './confirmed.ts'
import type { ExitStatus } from './exits.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { type Opened, onRun, type WorkOptions } from './on-run.ts'
import { print, type Report, reportOf } from './report.ts'
import { changeRescues, printRescues, type RescueOptions } from './rescue.ts'
import { reading } from './run-folder.ts'
import { harmless } from './show.ts'

/** Do a job, and report what the run holds afterwards. */
const job = (path: string, options: Opened, work: (run: Run, pause: () => void) => Promise<ExportCounts>) =>
  onRun(path, options, async (run, pause) => {
    const { left } = await work(run, pause)
    const { folder, prices } = run.config
    const stats = await reportOf(folder, run.store, prices)
    pause()
    report(stats, options.json ?? false, { folder: join(folder, 'export'), left })
    process.exitCode = exitOf(stats, left)
  })

interface RunOptions extends WorkOptions {
  refresh?: boolean
  frozen?: boolean
  newest?: boolean
  acceptChanges?: boolean
}

export const run = (path: string, { acceptChanges = false, ...options }: RunOptions) =>
  job(path, { ...options, asks: 'anybody' }, (run, pause) =>
    solveAndDecide(run, accepting(acceptChanges, options.json ?? false, pause)),
  )

export const curate = (
  path: string,
  { remeasure = [], ...options }: WorkOptions & { remeasure?: string[] },
) => job(path, { ...options, asks: 'nobody' }, run => recurate(run, remeasure))

export const exportAgain = (path: string, options: WorkOptions) =>
  job(path, { ...options, asks: 'nobody' }, run => exportRows(run))

export const rescue = (path: string, options: RescueOptions & WorkOptions) =>
  options.list
    ? guarded(async () => {
        const { folder } = await loadConfig(path)
        await reading(folder, store => printRescues(store, options.json ?? false))
      })
    : job(
        path,
        { json: options.json ?? false, allowEmpty: options.allowEmpty, asks: 'nobody' },
        async run => {
          const message = await changeRescues(run, options)
          console.error(options.json ? JSON.stringify({ kind: 'rescue', message }) : message)
          return recurate(run)
        },
      )

interface Exported {
  folder: string
  /** Rows of the earlier export, where nothing to train on was kept. */
  left: number | undefined
}

function report(stats: Report, json: boolean, { folder, left }: Exported) {
  const {
    funnel: { kept },
    advice: [why = 'nothing was kept'],
  } = stats
  const stays = left !== undefined && left > 0
  if (json) console.log(JSON.stringify({ ...stats, export: folder, ...(stays && { left }) }))
  else console.log(`${print(stats)}\n${stays ? '' : `\n${kept} rows kept. The dataset: ${folder}/README.md`}`)
  if (left !== undefined) console.error(harmless(why))
  if (stays)
    console.error(
      `nothing to train on was kept; the earlier export of ${left} rows stays: ${folder} (--allow-empty replaces it)`,
    )
}

/** Nothing kept is a result only where anything was decided: what failed on the way is to be tried again. */
export function exitOf({ funnel: { dropped } }: Report, left: number | undefined): ExitStatus {
  const open = dropped.filter(({ undecided }) => undecided).length
  if (left !== undefined && (open === 0 || open < dropped.length)) return 6
  return open > 0 ? 3 : 0
}
