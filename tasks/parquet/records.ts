import type { SchemaTree } from 'hyparquet'
import { shortened } from '../../schemas/input-error.ts'
import { isWrittenNumber } from '../../schemas/json.ts'
import type { Leaf } from './leaf.ts'
import type { Conversion } from './values.ts'

/** A column, or a part of one, with how its next value is read. */
export interface ColumnPart {
  leaves: Leaf[]
  read(): unknown
}

/** How deep a value lies: what may be null around it, and lists. Dremel calls them definition and repetition. */
export interface Levels {
  definition: number
  repetition: number
}

export const top: Levels = { definition: 0, repetition: 0 }

/** How a leaf is read, and what its values mean. */
export type OpenLeaf = (tree: SchemaTree, most: number) => { leaf: Leaf; conversion: Conversion }

/**
 * Puts the values of nested columns together again, as they lay in the rows
 * (https://parquet.apache.org/docs/file-format/nestedencoding/). What cannot be put together becomes an Error that
 * says why; the values after it are read all the same.
 */
export function partOf(tree: SchemaTree, around: Levels, open: OpenLeaf): ColumnPart {
  const levels = levelsOf(tree, around)
  const part = tree.children.length === 0 ? leafPart(tree, levels, open) : groupPart(tree, levels, open)
  const { repetition_type: repeats } = tree.element
  if (repeats === 'REPEATED') return listPart(part, levels)
  return repeats === 'OPTIONAL' && tree.children.length > 0 ? optionalPart(part, levels) : part
}

function levelsOf({ element }: SchemaTree, { definition, repetition }: Levels): Levels {
  const repeats = element.repetition_type ?? 'REQUIRED'
  return {
    definition: definition + (repeats === 'REQUIRED' ? 0 : 1),
    repetition: repetition + (repeats === 'REPEATED' ? 1 : 0),
  }
}

function leafPart(tree: SchemaTree, { definition }: Levels, open: OpenLeaf): ColumnPart {
  const { leaf, conversion } = open(tree, definition)
  function read() {
    const stored = leaf.take()
    return stored === null ? null : conversion(stored as Parameters<Conversion>[0])
  }
  return { leaves: [leaf], read }
}

function groupPart(tree: SchemaTree, levels: Levels, open: OpenLeaf): ColumnPart {
  const [only, other] = tree.children
  const kind = kindOf(tree)
  if (only && !other && kind === 'LIST') return itemsPart(only, tree, levels, open)
  if (only && !other && kind === 'MAP') return mapPart(only, levels, open)
  const children = tree.children.map(child => partOf(child, levels, open))
  const names = tree.children.map(child => child.element.name)
  const read = () => Object.fromEntries(children.map((child, index) => [names[index], child.read()]))
  const struct = { leaves: children.flatMap(child => child.leaves), read }
  return kind === 'VARIANT' ? { ...struct, read: () => unreadable(struct.read()) } : struct
}

function kindOf({ element, children }: SchemaTree): string | undefined {
  const kind = element.logical_type?.type ?? element.converted_type?.replace('MAP_KEY_VALUE', 'MAP')
  return kind === 'VARIANT' || children[0]?.element.repetition_type === 'REPEATED' ? kind : undefined
}

/** Writers of all times differ in what they put around an item: https://parquet.apache.org/docs/file-format/types/ */
function itemsPart(repeated: SchemaTree, list: SchemaTree, levels: Levels, open: OpenLeaf): ColumnPart {
  const [item, other] = repeated.children
  const isItem = ['array', `${list.element.name}_tuple`].includes(repeated.element.name)
  if (!item || other || isItem) return partOf(repeated, levels, open)
  const inside = levelsOf(repeated, levels)
  return listPart(partOf(item, inside, open), inside)
}

function mapPart(entry: SchemaTree, levels: Levels, open: OpenLeaf): ColumnPart {
  const inside = levelsOf(entry, levels)
  const parts = entry.children.map(child => partOf(child, inside, open))
  const leaves = parts.flatMap(part => part.leaves)
  const entries = listPart({ leaves, read: () => parts.map(part => part.read()) }, inside)
  return { leaves, read: () => mapOf(entries.read() as unknown[][]) }
}

function mapOf(entries: unknown[][]): object {
  const keys = entries.map(([key]) => key)
  if (keys.some(key => key === null || (typeof key === 'object' && !isWrittenNumber(key))))
    return new Error('is a map whose keys cannot be written as text; correct the row or map another field')
  const names = keys.map(String)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined)
    return Object.fromEntries(entries.map(([, value = null], at) => [names[at], value]))
  return new Error(`has the key ${shortened(JSON.stringify(twice))} twice; keep one of them`)
}

const unreadable = (_: unknown) =>
  new Error("is of Parquet's type VARIANT, which is not read; write the column as JSON or text")

/** What may be null as a whole. */
function optionalPart({ leaves, read }: ColumnPart, { definition }: Levels): ColumnPart {
  return { leaves, read: () => (isMissing(leaves, definition) ? null : read()) }
}

function listPart({ leaves, read }: ColumnPart, { definition, repetition }: Levels): ColumnPart {
  function readAll() {
    if (isMissing(leaves, definition)) return []
    const items = []
    do items.push(read())
    while (leaves[0]?.repetition() === repetition)
    return items
  }
  return { leaves, read: readAll }
}

/** Whether nothing is there at this level. Then each leaf has a mark of that, which is passed over. */
function isMissing(leaves: readonly Leaf[], definition: number): boolean {
  const [first] = leaves
  if (!first || first.definition() >= definition) return false
  for (const leaf of leaves) leaf.take()
  return true
}
