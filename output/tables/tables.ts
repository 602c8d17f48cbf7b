import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Schema } from 'apache-arrow'
import { arrowBytes } from '../arrow-bytes.ts'
import type { ParquetRow } from '../columns.ts'
import type { ExportRow } from '../export.ts'
import { openParquetFile } from '../shards/parquet-file.ts'
import { valueBytes } from '../shards/row-file.ts'
import type { RowPlace } from '../target.ts'
import { callsTable } from './calls.ts'
import { factsTable } from './facts.ts'
import { imagesTable } from './images.ts'
import { rowsTable } from './rows.ts'
import { type Entry, type RolloutNotes, type TidyTable, tablePath, type WrittenTable } from './table.ts'
import { turnsTable } from './turns.ts'

/** Every table, in the order in which a person wants them. */
export const allTables: readonly TidyTable[] = [rowsTable, turnsTable, callsTable, factsTable, imagesTable]

/** What pages and programs read at once is small, and is unpacked fast. */
const form = { groupRows: 1000, groupBytes: 8_000_000, codec: 'SNAPPY' } as const

export interface Tables {
  /**
   * Adds what they tell of a rollout, whose row lies at one of these places. What is of another part than the one
   * before begins another row group.
   */
  add(row: ExportRow, places: readonly RowPlace[], part: number): Promise<void>
  finish(): WrittenTable[]
}

/** Tables beside an export, below its folder. Memory holds a row group of each. */
export async function openTables(folder: string, known: RolloutNotes): Promise<Tables> {
  await mkdir(join(folder, 'tables'), { recursive: true })
  const open = allTables.map(table => openTable(table, folder))
  let last = 0
  return {
    async add(row, places, part) {
      const entry = entryOf(row, places, known)
      if (part !== last) for (const table of open) table.endPart()
      last = part
      for (const table of open) await table.add(entry)
    },
    finish: () => open.map(table => table.finish()),
  }
}

function entryOf(row: ExportRow, places: readonly RowPlace[], known: RolloutNotes): Entry {
  const { trajectory } = row.measured
  const found = places.find(({ target }) => target.view)
  return {
    ...row,
    place: found ? { view: found.target.name, shard: found.shard, row: found.row } : null,
    costs: known.costs(trajectory),
    tries: known.tries(trajectory.task.id),
    label: known.label(trajectory.key),
  }
}

/** The most that a column of 32 bits holds. Nobody counts so far, but what a server or a row says may be anything. */
const most = 2 ** 31 - 1

const fitted = (line: ParquetRow): ParquetRow =>
  Object.fromEntries(
    Object.entries(line).map(([name, value]) => [
      name,
      typeof value === 'number' && value > most ? most : value,
    ]),
  )

function openTable(table: TidyTable, folder: string) {
  const schema = new Schema([...table.fields])
  const file = openParquetFile(join(folder, tablePath(table)), schema, form)
  let rows = 0
  let inArrow = 0
  return {
    endPart: file.endKind,
    async add(entry: Entry) {
      for (const line of table.lines(entry).map(fitted)) {
        const bytes = valueBytes(line)
        file.bytesWith(bytes)
        await file.add(line, bytes)
        rows++
        inArrow += arrowBytes(schema, line)
      }
    },
    finish(): WrittenTable {
      file.finish()
      return { table, rows, arrowBytes: inArrow }
    },
  }
}
