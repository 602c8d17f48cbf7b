import { basename, dirname } from 'node:path'
import type { Row } from './fields.ts'

/** A file, and its path below what all files of its pattern have in common. */
interface Below {
  path: string
  below: string
}

/**
 * What the rows of each file are called after, by its path: its name without what it ends in, or, where several files
 * would be called so, that of its path below what they have in common, or else that path.
 */
export function distinctStems(files: readonly Below[]): Map<string, string> {
  const names = ({ path, below }: Below): string[] => [stemOf(basename(path)), stemOf(below), below]
  const counts = new Map<string, number>()
  for (const name of files.flatMap(file => [...new Set(names(file))]))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(
    files.map(file => [file.path, names(file).find(name => counts.get(name) === 1) ?? file.below]),
  )
}

const stemOf = (path: string): string => path.replace(/(?<=[^/])\.[^./]*(\.gz)?$/i, '')

/**
 * What the folders of a file say of all its rows, of the columns that are asked for: `split` in `split=train/`
 * (https://arrow.apache.org/docs/python/dataset.html#reading-partitioned-data).
 */
export const partitionsOf = ({ origin }: { origin: string }, columns: readonly string[]): Row =>
  Object.fromEntries(
    dirname(origin)
      .split('/')
      .map(step => step.split('='))
      .filter(([name = '', ...value]) => value.length > 0 && columns.includes(name))
      .map(([name = '', ...value]) => [name, partitionValue(value.join('='))]),
  )

function partitionValue(text: string): string | null {
  if (text === '__HIVE_DEFAULT_PARTITION__') return null
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
