import type { Store } from '../store/store.ts'
import { print, reportOf } from './report.ts'
import { changing, lastWorkedOn, reading, readingDecided } from './run-folder.ts'
import { resultLine } from './scheduled/head.ts'
import { printSearches, type SearchesOptions, workOnSearches } from './searches.ts'
import { printStatus, statusOf } from './watching/status.ts'

interface Format {
  json?: boolean
}

export const stats = (folder: string | undefined, { json = false, prices }: Format & { prices?: string }) =>
  readingDecided(folder, async (store, run) => {
    const counted = await reportOf(run, store, prices)
    console.log(json ? resultLine(counted) : print(counted))
  })

export const status = (folder: string | undefined, { json = false }: Format) =>
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
