import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportCounts } from '../output/write.ts'
import { ConfigError } from '../pipeline/config.ts'
import { recurate } from '../pipeline/jobs/curate.ts'
import { exportRows } from '../pipeline/jobs/export.ts'
import { flips as comparedRows, flipCounter } from '../pipeline/jobs/flips.ts'
import { type Opening, openRun } from '../pipeline/jobs/open-run.ts'
import { pilot } from '../pipeline/jobs/pilot.ts'
import { replay as replayRun } from '../pipeline/jobs/replay.ts'
import { solveAndDecide } from '../pipeline/jobs/run.ts'
import type { Run } from '../pipeline/run.ts'
import { accepting } from './accept.ts'
import { display } from './display.ts'
import type { Exit } from './exits.ts'
import { printFlips } from './flips.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { printEstimate } from './plan.ts'
import { isSame, printReplay } from './replay.ts'
import { print, type Report, reportOf } from './report.ts'
import { changeRescues, printRescues, type RescueOptions } from './rescue.ts'
import { reading } from './run-folder.ts'
import { untilStopped } from './session.ts'

interface Format {
  json?: boolean
}

interface WorkOptions extends Format {
  allowEmpty?: boolean | undefined
}

interface Opened extends WorkOptions, Pick<Opening, 'asks' | 'refresh'> {
  frozen?: boolean | undefined
}

/** Open the run of a config for some work, which a signal stops. */
const onRun = (
  path: string,
  { json = false, frozen, allowEmpty, ...opening }: Opened,
  work: (run: Run) => Promise<void>,
) =>
  guarded(() =>
    untilStopped(async signal => {
      const listen = display({ json })
      const config = await loadConfig(path, listen)
      const options = { ...(frozen && { frozen }), ...(allowEmpty && { allowEmpty }) }
      try {
        await using run = await openRun({ ...config, ...options }, { ...opening, listen, signal })
        await work(run)
      } finally {
        listen.end()
      }
    }),
  )

/** Do a job, and report what the run holds afterwards. */
const job = (path: string, options: Opened, work: (run: Run) => Promise<ExportCounts>) =>
  onRun(path, options, async run => {
    const { left = 0 } = await work(run)
    const { folder, prices } = run.config
    const stats = await reportOf(folder, run.store, prices)
    report(stats, options.json ?? false, { folder: join(folder, 'export'), left })
    process.exitCode = exitOf(stats, left)
  })

interface RunOptions extends WorkOptions {
  refresh?: boolean
  frozen?: boolean
  acceptChanges?: boolean
}

export const run = (path: string, { acceptChanges = false, ...options }: RunOptions) =>
  job(path, { ...options, asks: 'anybody' }, run =>
    solveAndDecide(run, accepting(acceptChanges, options.json ?? false)),
  )

export const curate = (
  path: string,
  { remeasure = [], ...options }: WorkOptions & { remeasure?: string[] },
) => job(path, { ...options, asks: 'nobody' }, run => recurate(run, remeasure))

export const exportAgain = (path: string, options: WorkOptions) =>
  job(path, { ...options, asks: 'nobody' }, exportRows)

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
  /** Rows of the earlier export, where that was left as it is. */
  left: number
}

function report(stats: Report, json: boolean, { folder, left }: Exported) {
  const { kept } = stats.funnel
  if (json) console.log(JSON.stringify({ ...stats, export: folder, ...(left > 0 && { left }) }))
  else
    console.log(`${print(stats)}\n${left > 0 ? '' : `\n${kept} rows kept. The dataset: ${folder}/README.md`}`)
  if (left > 0)
    console.error(
      `nothing to train on was kept; the earlier export of ${left} rows stays: ${folder} (--allow-empty replaces it)`,
    )
}

function exitOf({ funnel }: Report, left: number): Exit {
  if (left > 0) return 6
  return funnel.dropped.some(({ undecided }) => undecided) ? 3 : 0
}

export const plan = (path: string, { json = false, tasks = '20' }: Format & { tasks?: string }) =>
  guarded(async () => {
    const count = countOf(tasks)
    await onRun(path, { json, asks: 'anybody' }, async run => {
      const estimate = await pilot(count, run)
      console.log(json ? JSON.stringify(estimate) : printEstimate(estimate, run.config.limits.budgetUsd))
    })
  })

function countOf(tasks: string): number {
  const count = Number(tasks)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new ConfigError(`--tasks: ${tasks} is no number of tasks; give a whole number from 1`)
}

export const replay = (path: string, { json = false }: Format) =>
  onRun(path, { json, asks: 'nobody' }, async run => {
    const result = await replayRun(run)
    console.log(json ? JSON.stringify(result) : printReplay(result))
    if (!isSame(result)) process.exitCode = 5
  })

export const flips = (path: string, { json = false, against }: Format & { against?: string }) =>
  guarded(async () => {
    if (against !== undefined) await mustBeThere(against)
    await onRun(path, { json, asks: 'nobody' }, async run => {
      const counter = flipCounter()
      for await (const each of comparedRows(run, against)) {
        counter.add(each)
        if (json && 'task' in each) console.log(JSON.stringify(each))
      }
      console.log(json ? JSON.stringify(counter.counts()) : printFlips(counter.counts()))
    })
  })

const mustBeThere = (against: string) =>
  access(against).catch(() => {
    throw new ConfigError(
      `--against ${against}: there is no such file; give a decisions.jsonl that was put aside`,
    )
  })
