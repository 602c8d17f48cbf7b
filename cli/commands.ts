import { access, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, type Settings } from '../pipeline/config.ts'
import { decidedRows, notesOf } from '../pipeline/decide/curate.ts'
import { isUndecided } from '../pipeline/decide/row-judge.ts'
import { flips as comparedRows, flipCounter } from '../pipeline/flips.ts'
import { pilot } from '../pipeline/pilot.ts'
import type { Listener } from '../pipeline/progress.ts'
import * as pipeline from '../pipeline/run.ts'
import { screenedTasks } from '../pipeline/screen/screenings.ts'
import { lockRun } from '../store/lock.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { readPrices } from '../teachers/prices.ts'
import { type Costs, costsOf, printCosts } from './costs.ts'
import { display } from './display.ts'
import { examine } from './doctor.ts'
import { explain } from './exit.ts'
import { printFlips } from './flips.ts'
import { loadConfig } from './load.ts'
import { pageOf } from './page.ts'
import { printEstimate } from './plan.ts'
import { isSame, printReplay, replayRun } from './replay.ts'
import { changeRescues, printRescues, type RescueOptions } from './rescue.ts'
import { printSearches, type SearchesOptions, workOnSearches } from './searches.ts'
import { exportFolder, withRun } from './session.ts'
import { type SetupOptions, setup } from './setup.ts'
import { findRows, printTrajectory } from './show.ts'
import { printStats, type Stats, statsOf } from './stats.ts'

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

export const curate = (path: string, format: Format) => work(path, format, pipeline.recurate)

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
    if (stats.funnel.dropped.some(isUndecided)) process.exitCode = 3
  })

interface Report extends Stats {
  costs: Costs
}

async function reportOf(folder: string, store: Store, prices: string | undefined): Promise<Report> {
  const known = await readPrices(prices)
  const stats = await statsOf(decidedRows(folder, store), {
    prices: known,
    tasks: screenedTasks(folder, store),
    notes: await notesOf(folder),
  })
  return { ...stats, costs: await costsOf(store, known, stats.funnel.kept) }
}

const print = (report: Report) => `${printStats(report)}\n\nCost\n${printCosts(report.costs)}`

function report(stats: Report, json: boolean, folder: string) {
  if (json) console.log(JSON.stringify({ ...stats, export: folder }))
  else console.log(`${print(stats)}\n\n${stats.funnel.kept} rows kept. The dataset: ${folder}/README.md`)
}

export const stats = (folder: string | undefined, { json = false, prices }: Format & { prices?: string }) =>
  reading(folder, async (store, run) => {
    const counted = await reportOf(run, store, prices)
    console.log(json ? JSON.stringify(counted) : print(counted))
  })

export const show = (id: string, { run, html, json = false }: Format & { run?: string; html?: string }) =>
  reading(run, async (store, folder) => {
    const rows = await findRows(decidedRows(folder, store), id)
    if (html) return writeFile(html, await pageOf(rows, image => store.getBlob(image.sha256)))
    const colour = process.stdout.isTTY && !process.env.NO_COLOR
    for (const row of rows) console.log(json ? JSON.stringify(row) : printTrajectory(row, colour))
  })

export const searches = (folder: string | undefined, options: SearchesOptions) => {
  const report = async (store: Store, run: string) => {
    const done = await workOnSearches(store, run, options)
    console.log(options.json ? JSON.stringify(done) : printSearches(done))
  }
  return options.import === undefined ? reading(folder, report) : changing(folder, report)
}

export const doctor = (config: string | undefined, { json = false }: Format) =>
  guarded(() => examine(config, json))

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

export const setUp = (options: SetupOptions) => guarded(() => setup(options))

const reading = (folder: string | undefined, read: (store: Store, folder: string) => Promise<void>) =>
  guarded(async () => {
    const run = folder ?? (await newestRun('runs'))
    await access(join(run, 'store.sqlite')).catch(() => {
      throw new ConfigError(`${run} is not the folder of a run; give one such as runs/demo`)
    })
    await using store = await openSqliteStore(run)
    await read(store, run)
  })

/** The same for what writes into a run, which need not be there yet. */
const changing = (folder: string | undefined, write: (store: Store, folder: string) => Promise<void>) =>
  guarded(async () => {
    const run = folder ?? (await newestRun('runs'))
    using _lock = await lockRun(run)
    await using store = await openSqliteStore(run)
    await write(store, run)
  })

async function newestRun(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const runs = await Promise.all(
    names.map(async name => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
  )
  const [newest] = runs.sort((a, b) => b.at - a.at)
  if (!newest) throw new ConfigError(`there is no run in ${folder}/; name its folder`)
  return newest.path
}

/** Errors leave as one line and an exit status. */
async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { text, exit } = explain(error)
    console.error(text)
    process.exitCode = exit
  }
}
