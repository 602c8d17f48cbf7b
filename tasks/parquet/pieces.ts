import { labelNames } from '../class-labels.ts'
import { faultOf, fileFault } from '../file-faults.ts'
import type { TaskFile } from '../files.ts'
import type { Numbered } from '../table-source.ts'
import { type FileBytes, openBytes } from './bytes.ts'
import type { ReadColumns } from './chunks.ts'
import { TooLarge } from './pages.ts'
import { type OpenedTable, openTable } from './table.ts'

/** How much is handed on at once: rows, and what is in them, roughly in bytes. */
const most = { rows: 1000, bytes: 16_000_000 }

/** The rows of a Parquet file with these columns (all where null), or what is wrong with them, in pieces. */
export function* parquetPieces(
  file: Pick<TaskFile, 'path' | 'shown'>,
  columns: ReadColumns,
): Generator<Numbered[]> {
  try {
    using bytes = openBytes(file.path)
    yield* inPieces(rowsOf(file, bytes, columns))
  } catch (error) {
    yield [{ place: file.shown, problem: `${fileFault(error)}; correct that or leave it out` }]
  }
}

function* inPieces(rows: Iterable<Numbered>): Iterable<Numbered[]> {
  let piece: Numbered[] = []
  let weight = 0
  for (const row of rows) {
    piece.push(row)
    weight += weightOf(row)
    if (piece.length < most.rows && weight < most.bytes) continue
    yield piece
    piece = []
    weight = 0
  }
  if (piece.length > 0) yield piece
}

function weightOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, item) => sum + weightOf(item), 0)
}

function* rowsOf(
  file: Pick<TaskFile, 'path' | 'shown'>,
  bytes: FileBytes,
  columns: ReadColumns,
): Iterable<Numbered> {
  const opened = openTable(bytes, columns)
  if ('problem' in opened) {
    yield { place: file.shown, problem: opened.problem }
    return
  }
  const named = labelNames(opened.metadata)
  let end = 0
  for (const group of opened.metadata.row_groups) {
    let number = end
    end += Number(group.num_rows)
    try {
      const parts = opened.partsIn(group)
      for (; number < end; number++) yield { number: number + 1, row: named(rowOf(parts)) }
    } catch (error) {
      yield { place: `${file.shown}: rows ${number + 1} to ${end}`, problem: problemOf(error) }
    }
  }
}

const problemOf = (error: unknown): string =>
  error instanceof TooLarge
    ? error.message
    : `cannot be read (${faultOf(error)}); fetch the file again or write it anew`

const rowOf = (parts: ReturnType<OpenedTable['partsIn']>) =>
  Object.fromEntries(parts.map(([name, part]) => [name, part.read()]))
