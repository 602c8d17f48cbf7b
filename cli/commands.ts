import { access } from 'node:fs/promises'
import { ConfigError, type Settings } from '../pipeline/config.ts'
import { flips as comparedRows, flipCounter } from '../pipeline/flips.ts'
import { pilot } from '../pipeline/pilot.ts'
import type { Listener } from '../pipeline/progress.ts'
import * as pipeline from '../pipeline/run.ts'
import type { Store } from '../store/store.ts'
import { display } from './display.ts'
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

type Work = (config: Settings, store: Store, listen: Listener, signal: AbortSignal) => Promise<unknown>

interface RunOptions extends Format {
  refresh?: boolean
  frozen?: boolean
}

export const run = (path: string, { refresh, frozen, ...format }: RunOptions) =>
  work(path, format, (config, store, listen, signal) =>
    pipeline.run({ ...config, ...(frozen && { frozen }) }, store, listen, signal, { refresh }),
  )

export const curate = (path: string, { remeasure, ...format }: Format & { remeasure?: string[] }) =>
  work(path, format, (config, store, listen, signal) =>
    pipeline.recurate(config, store, listen, signal, remeasure && { anew: remeasure }),
  )

export const exportAgain = (path: string, format: Format) => work(path, format, pipeline.exportRows)

export const rescue = (path: string, options: RescueOptions) =>
  options.list
    ? guarded(async () => {
        const { folder } = await loadConfig(path)
        await reading(folder, store => printRescues(store, options.json ?? false))
      })
    : work(path, options, async (config, store, listen, signal) => {
        const message = await changeRescues(config, store, options)
        console.error(options.json ? JSON.stringify({ kind: 'rescue', message }) : message)
        await pipeline.recurate(config, store, listen, signal)
      })

/** Do it under the run's lock, and report what the run holds afterwards. */
const work = (path: string, { json = false }: Format, job: Work) =>
  guarded(async () => {
    const config = await loadConfig(path)
    const listen = display({ json })
    const stats = await withRun(config, async (store, signal, limiter) => {
      await job({ ...config, limiter }, store, listen, signal).finally(listen.end)
      return reportOf(config.folder, store, config.prices)
    })
    report(stats, json, exportFolder(config))
    if (stats.funnel.dropped.some(({ undecided }) => undecided)) process.exitCode = 3
  })

function report(stats: Report, json: boolean, folder: string) {
  if (json) console.log(JSON.stringify({ ...stats, export: folder }))
  else console.log(`${print(stats)}\n\n${stats.funnel.kept} rows kept. The dataset: ${folder}/README.md`)
}

export const plan = (path: string, { json = false, tasks = '20' }: Format & { tasks?: string }) =>
  guarded(async () => {
    const count = Number(tasks)
    if (!(Number.isSafeInteger(count) && count > 0))
      throw new ConfigError(`--tasks: ${tasks} is no number of tasks; give a whole number from 1`)
    const config = await loadConfig(path)
    const listen = display({ json })
    const estimate = await withRun(config, (store, signal) =>
      pilot(config, store, count, listen, signal).finally(listen.end),
    )
    console.log(json ? JSON.stringify(estimate) : printEstimate(estimate, config.limits.budgetUsd))
  })

export const replay = (path: string, { json = false }: Format) =>
  guarded(async () => {
    const config = await loadConfig(path)
    const listen = display({ json })
    const result = await withRun(config, (store, signal) =>
      replayRun(config, store, listen, signal).finally(listen.end),
    )
    console.log(json ? JSON.stringify(result) : printReplay(result))
    if (!isSame(result)) process.exitCode = 5
  })

export const flips = (path: string, { json = false, against }: Format & { against?: string }) =>
  guarded(async () => {
    const config = await loadConfig(path)
    if (against !== undefined) await mustBeThere(against)
    const listen = display({ json })
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
