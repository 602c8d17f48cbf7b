import { type FileMetaData, parquetSchema, type RowGroup, type SchemaTree } from 'hyparquet'
import { shortened } from '../../schemas/input-error.ts'
import { mostLevels } from '../exact-json.ts'
import { faultOf } from '../file-faults.ts'
import type { FileBytes } from './bytes.ts'
import { type ReadColumns, wantedColumns } from './chunks.ts'
import { durationsIn } from './durations.ts'
import { footerOf } from './footer.ts'
import { leafOf } from './leaf.ts'
import { pagesOf } from './pages.ts'
import { type ColumnPart, type OpenLeaf, partOf, top } from './records.ts'
import { conversionOf } from './values.ts'

/** The columns of a file that are wanted. */
export interface OpenedTable {
  metadata: FileMetaData
  /** The columns of a row group, at its first row. */
  partsIn(group: RowGroup): [name: string, part: ColumnPart][]
}

/** Opens a file at these columns, or at all where null, or says what is wrong with it. */
export function openTable(bytes: FileBytes, names: ReadColumns): OpenedTable | { problem: string } {
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
  if (!found) throw new Error(`the column ${shown(tree)} is not there`)
  return found
}

function pathTo(root: SchemaTree, tree: SchemaTree): SchemaTree[] {
  if (root === tree) return [tree]
  const next = root.children.find(child => tree.path[child.path.length - 1] === child.element.name)
  return next ? [root, ...pathTo(next, tree)] : [root]
}
