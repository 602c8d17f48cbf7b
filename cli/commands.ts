import { access } from 'node:fs/promises'
import type { ExportCounts } from '../output/write.ts'
import { ConfigError, type Settings } from '../pipeline/config.ts'
import { flips as comparedRows, flipCounter } from '../pipeline/flips.ts'
import { pilot } from '../pipeline/pilot.ts'
import type { Listener } from '../pipeline/progress.ts'
import * as pipeline from '../pipeline/run.ts'
import type { Store } from '../store/store.ts'
import { display } from './display.ts'
import type { Exit } from './exits.ts'
import { printFlips } from './flips.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { printEstimate } from './plan.ts'
import { isSame, printReplay, replayRun } from './replay.ts'
import { print, type Report, reportOf } from './report.ts'
import { changeRescues, printRescues, type RescueOptions } from './rescue.ts'
import { reading } from './run-folder.ts'
import { exportFolder, withRun } from './session.ts'

interface Format {
  json?: boolean
}

interface WorkOptions extends Format {
  allowEmpty?: boolean
}

type Work = (config: Settings, store: Store, listen: Listener, signal: AbortSignal) => Promise<ExportCounts>

interface RunOptions extends WorkOptions {
  refresh?: boolean
  frozen?: boolean
}

export const run = (path: string, { refresh, frozen, ...options }: RunOptions) =>
  work(path, options, (config, store, listen, signal) =>
    pipeline.run({ ...config, ...(frozen && { frozen }) }, store, listen, signal, { refresh }),
  )

export const curate = (path: string, { remeasure, ...options }: WorkOptions & { remeasure?: string[] }) =>
  work(path, options, (config, store, listen, signal) =>
    pipeline.recurate(config, store, listen, signal, remeasure && { anew: remeasure }),
  )

export const exportAgain = (path: string, options: WorkOptions) => work(path, options, pipeline.exportRows)

export const rescue = (path: string, options: RescueOptions & WorkOptions) =>
  options.list
    ? guarded(async () => {
        const { folder } = await loadConfig(path)
        await reading(folder, store => printRescues(store, options.json ?? false))
      })
    : work(path, options, async (config, store, listen, signal) => {
        const message = await changeRescues(config, store, options)
        console.error(options.json ? JSON.stringify({ kind: 'rescue', message }) : message)
        return pipeline.recurate(config, store, listen, signal)
      })

/** Do it under the run's lock, and report what the run holds afterwards. */
const work = (path: string, { json = false, allowEmpty = false }: WorkOptions, job: Work) =>
  guarded(async () => {
    const listen = display({ json })
    const config = await loadConfig(path, listen)
    const [stats, { left = 0 }] = await withRun(config, async (store, signal, limiter) => {
      const done = await job({ ...config, limiter, allowEmpty }, store, listen, signal).finally(listen.end)
      return [await reportOf(config.folder, store, config.prices), done] as const
    })
    report(stats, json, { folder: exportFolder(config), left })
    process.exitCode = exitOf(stats, left)
  })

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
    const count = Number(tasks)
    if (!(Number.isSafeInteger(count) && count > 0))
      throw new ConfigError(`--tasks: ${tasks} is no number of tasks; give a whole number from 1`)
    const listen = display({ json })
    const config = await loadConfig(path, listen)
    const estimate = await withRun(config, (store, signal) =>
      pilot(config, store, count, listen, signal).finally(listen.end),
    )
    console.log(json ? JSON.stringify(estimate) : printEstimate(estimate, config.limits.budgetUsd))
  })

export const replay = (path: string, { json = false }: Format) =>
  guarded(async () => {
    const listen = display({ json })
    const config = await loadConfig(path, listen)
    const result = await withRun(config, (store, signal) =>
      replayRun(config, store, listen, signal).finally(listen.end),
    )
    console.log(json ? JSON.stringify(result) : printReplay(result))
    if (!isSame(result)) process.exitCode = 5
  })

export const flips = (path: string, { json = false, against }: Format & { against?: string }) =>
  guarded(async () => {
    const listen = display({ json })
    const config = await loadConfig(path, listen)
    if (against !== undefined) await mustBeThere(against)
    const counter = flipCounter()
    await withRun(config, async (store, signal) => {
      const compared = comparedRows(config, store, listen, signal, against)
      for await (const each of compared) {
        counter.add(each)
        if (json && 'task' in each) console.log(JSON.stringify(each))
      }
    }).finally(listen.end)
    console.log(json ? JSON.stringify(counter.counts()) : printFlips(counter.counts()))
  })

const mustBeThere = (against: string) =>
  access(against).catch(() => {
    throw new ConfigError(
      `--against ${against}: there is no such file; give a decisions.jsonl that was put aside`,
    )
  })
