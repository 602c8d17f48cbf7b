import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import { guarded } from './guarded.ts'
import { print, reportOf } from './report.ts'
import { changing, lastWorkedOn, namesRun, reading, readingDecided } from './run-folder.ts'
import { resultLine } from './scheduled/head.ts'
import { printSearches, type SearchesOptions, workOnSearches } from './searches.ts'
import { begunParts, partsStatusOf, printParts } from './watching/parts-status.ts'
import { printStatus, statusOf } from './watching/status.ts'

interface Format {
  json?: boolean
}

export const stats = (folder: string | undefined, { json = false, prices }: Format & { prices?: string }) =>
  readingDecided(folder, async (store, run) => {
    const counted = await reportOf(run, store, prices)
    console.log(json ? resultLine(counted) : print(counted))
  })

export const status = async (folder: string | undefined, { json = false }: Format) => {
  const [run, parts] = await partsOf(folder)
  return parts.length > 0 ? statusOfParts(run, parts, json) : statusOfOne(folder, json)
}

/** A run that is not there itself is known by its parts. */
async function partsOf(given: string | undefined): Promise<[run: string, parts: string[]]> {
  if (given === undefined || (await namesRun(given))) return ['', []]
  const parts = await begunParts(given)
  return parts.length > 0 ? [given, parts] : [join('runs', given), await begunParts(join('runs', given))]
}

const statusOfParts = (run: string, parts: readonly string[], json: boolean) =>
  guarded(async () => {
    const found = await partsStatusOf(run, parts)
    console.log(json ? resultLine(found) : printParts(found))
  })

const statusOfOne = (folder: string | undefined, json: boolean) =>
  reading(
    folder,
    async (store, run) => {
      const found = await statusOf(store, run)
      console.log(json ? resultLine(found) : printStatus(found))
    },
    lastWorkedOn,
  )

export const searches = (folder: string | undefined, options: SearchesOptions) => {
  const report = async (store: Store, run: string) => {
    const done = await workOnSearches(store, run, options)
    console.log(options.json ? resultLine(done) : printSearches(done))
  }
  return options.import === undefined ? reading(folder, report) : changing(folder, report)
}
