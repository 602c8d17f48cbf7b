import { type FileMetaData, parquetSchema, type RowGroup, type SchemaTree } from 'hyparquet'
import { shortened } from '../../schemas/shortened.ts'
import { labelNames } from '../class-labels.ts'
import { mostLevels } from '../exact-json.ts'
import { faultOf, fileFault } from '../file-faults.ts'
import type { TaskFile } from '../files.ts'
import type { Numbered } from '../table-source.ts'
import { type FileBytes, openBytes } from './bytes.ts'
import { wantedColumns } from './chunks.ts'
import { durationsIn } from './durations.ts'
import { footerOf } from './footer.ts'
import { leafOf } from './leaf.ts'
import { pagesOf, TooLarge } from './pages.ts'
import { type ColumnPart, type OpenLeaf, partOf, top } from './records.ts'
import { conversionOf } from './values.ts'

/** How much is handed on at once: rows, and what is in them, roughly in bytes. */
const most = { rows: 1000, bytes: 16_000_000 }

/** The rows of a Parquet file with these columns (all where null), or what is wrong with them, in pieces. */
export function* parquetPieces(
  file: Pick<TaskFile, 'path' | 'shown'>,
  columns: string[] | null,
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
  columns: string[] | null,
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

interface Table {
  metadata: FileMetaData
  /** The columns of a row group, at its first row. */
  partsIn(group: RowGroup): [name: string, part: ColumnPart][]
}

const rowOf = (parts: ReturnType<Table['partsIn']>) =>
  Object.fromEntries(parts.map(([name, part]) => [name, part.read()]))

function openTable(bytes: FileBytes, names: string[] | null): Table | { problem: string } {
  try {
    const metadata = footerOf(bytes)
    const root = parquetSchema(metadata)
    const columns = wantedColumns(root, names)
    const problem =
      repeatedName(columns) ??
      columns.map(faultIn).find(fault => fault !== undefined) ??
      encryptedName(columns, metadata)
    if (problem !== undefined) return { problem }
    const durations = durationsIn(root, metadata)
    const partsIn = (group: RowGroup) =>
      columns.map((column): [string, ColumnPart] => {
        const open: OpenLeaf = (tree, level) => ({
          leaf: leafOf(pagesOf(bytes, chunkOf(tree, group), pathTo(root, tree)), level),
          conversion: conversionOf(tree.element, durations.get(tree)),
        })
        return [column.element.name, partOf(column, top, open)]
      })
    return { metadata, partsIn }
  } catch (error) {
    return { problem: `is not whole Parquet (${faultOf(error)}); fetch the file again or write it anew` }
  }
}

function repeatedName(trees: readonly SchemaTree[]): string | undefined {
  const names = trees.map(({ element }) => element.name)
  const twice = trees.find(({ element }, index) => names.indexOf(element.name) !== index)
  return twice && `has the column ${shown(twice)} twice; rename one of them`
}

const faultIn = (tree: SchemaTree): string | undefined =>
  tree.path.length > mostLevels
    ? `has a column that is nested deeper than ${mostLevels} levels; make it flatter`
    : (repeatedName(tree.children) ?? tree.children.map(faultIn).find(fault => fault !== undefined))

function encryptedName(trees: readonly SchemaTree[], { row_groups }: FileMetaData): string | undefined {
  const names = row_groups
    .flatMap(({ columns }) => columns)
    .map(({ crypto_metadata, meta_data }) => (crypto_metadata ? meta_data?.path_in_schema[0] : undefined))
  const tree = trees.find(({ element }) => names.includes(element.name))
  return tree && `is encrypted in the column ${shown(tree)}; write it anew without encryption`
}

const shown = ({ path }: SchemaTree) => shortened(JSON.stringify(path.join('.')))

function chunkOf(tree: SchemaTree, { columns }: RowGroup) {
  const path = JSON.stringify(tree.path)
  const found = columns.find(({ meta_data }) => JSON.stringify(meta_data?.path_in_schema) === path)?.meta_data
  if (!found) throw new Error(`the column ${shown(tree)} is encrypted or not there`)
  return found
}

function pathTo(root: SchemaTree, tree: SchemaTree): SchemaTree[] {
  if (root === tree) return [tree]
  const next = root.children.find(child => tree.path[child.path.length - 1] === child.element.name)
  return next ? [root, ...pathTo(next, tree)] : [root]
}
