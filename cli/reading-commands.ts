import { writeFile } from 'node:fs/promises'
import { decidedRows } from '../pipeline/decide/decisions.ts'
import type { Store } from '../store/store.ts'
import { pageOf } from './html-page.ts'
import { print, reportOf } from './report.ts'
import { changing, lastWorkedOn, reading, readingDecided } from './run-folder.ts'
import { resultLine } from './scheduled/head.ts'
import { printSearches, type SearchesOptions, workOnSearches } from './searches.ts'
import { findRows, printTrajectory } from './show.ts'
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

export const show = (id: string, { run, html, json = false }: Format & { run?: string; html?: string }) =>
  readingDecided(run, async (store, folder) => {
    const rows = await findRows(decidedRows(folder, store), id)
    const colour = process.stdout.isTTY && !process.env.NO_COLOR
    if (html) await writeFile(html, await pageOf(rows, image => store.getBlob(image.sha256)))
    else for (const row of rows) console.log(json ? JSON.stringify(row) : printTrajectory(row, colour))
    if (json) console.log(resultLine({ rows: rows.length }))
  })

export const searches = (folder: string | undefined, options: SearchesOptions) => {
  const report = async (store: Store, run: string) => {
    const done = await workOnSearches(store, run, options)
    console.log(options.json ? resultLine(done) : printSearches(done))
  }
  return options.import === undefined ? reading(folder, report) : changing(folder, report)
}
