import { rename, rm, writeFile } from 'node:fs/promises'
import type { ExportRow } from '../../output/export.ts'
import { decidedRows } from '../../pipeline/decide/decisions.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import type { Store } from '../../store/store.ts'
import { pageOf } from '../html-page.ts'
import { readingDecided } from '../run-folder.ts'
import { resultLine } from '../scheduled/head.ts'
import { printTrajectory } from '../show.ts'
import { chosenRows, type WantedRows } from './chosen-rows.ts'

interface ShowOptions extends Omit<WantedRows, 'ids' | 'random'> {
  run?: string
  random?: string
  html?: string
  json?: boolean
}

/** Prints the rows that are meant, or writes them as a page. */
export function show(ids: readonly string[], { run, html, json = false, ...given }: ShowOptions) {
  return readingDecided(run, async (store, folder) => {
    const choice = choiceOf(ids, given)
    let count = 0
    const rows = counted(chosenRows(decidedRows(folder, store), choice), () => count++)
    if (html) await writePage(html, rows, store)
    else for await (const row of rows) print(row, count, json)
    if (json) console.log(resultLine({ rows: count }))
  })
}

function choiceOf(
  ids: readonly string[],
  { random, seed, ...choice }: Omit<ShowOptions, 'json'>,
): WantedRows {
  if (ids.length === 0 && !choice.reason && !choice.rejected && random === undefined)
    throw new ConfigError('give ids of tasks or keys, or --reason, --rejected or --random to choose rows')
  if (seed !== undefined && random === undefined)
    throw new ConfigError('--seed is for --random; give both, as in --random 20 --seed 7')
  if (random !== undefined && !/^[1-9]\d{0,5}$/.test(random))
    throw new ConfigError(`--random: ${random} is no number of rows; give a whole number from 1, such as 20`)
  return {
    ids,
    ...choice,
    ...(seed !== undefined && { seed }),
    ...(random !== undefined && { random: Number(random) }),
  }
}

async function* counted(rows: AsyncIterable<ExportRow>, count: () => void) {
  for await (const row of rows) {
    count()
    yield row
  }
}

const between = `\n${'═'.repeat(64)}\n`

function print(row: ExportRow, number: number, json: boolean): void {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR
  if (number > 1 && !json) console.log(between)
  console.log(json ? JSON.stringify(row) : printTrajectory(row, colour))
}

/** Row by row; a page that was there stays unless all of the new one is written. */
async function writePage(path: string, rows: AsyncIterable<ExportRow>, store: Store): Promise<void> {
  const draft = `${path}.draft`
  try {
    await writeFile(
      draft,
      pageOf(rows, image => store.getBlob(image.sha256)),
    )
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
