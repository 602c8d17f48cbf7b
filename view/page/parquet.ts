import { decompress } from 'fzstd'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import { PageProblem } from './folder.ts'

/** A row of a Parquet file, by column. Integers of 64 bits are bigint, and bytes are bytes. */
export type Line = Readonly<Record<string, unknown>>

/** A Parquet file of which parts are read. */
export interface ParquetTable {
  rows: number
  /** The rows of each row group: from one, up to another that is not among them. */
  groups: readonly RowGroup[]
  columns: readonly string[]
  /** These columns of the rows from `start` up to `end`; all columns where none are named. */
  read(start: number, end: number, columns?: readonly string[]): Promise<Line[]>
  /** `key` of every row of a group. Those of the last one asked for are kept: rows that are opened lie together. */
  keysOf(group: RowGroup): Promise<unknown[]>
}

interface RowGroup {
  start: number
  end: number
  /** Smallest and largest `key`, as far as the file says. */
  keys: readonly [string, string] | undefined
}

/** Bytes: what is fetched for a footer at first, and the most that a page may say it unpacks to. */
const [footer, mostUnpacked] = [1 << 16, 1 << 28]

/** Throws PageProblem where it is no Parquet file, or cut off. */
export async function openParquet(path: string, file: AsyncBuffer): Promise<ParquetTable> {
  const reading = saying(path)
  const metadata = await reading(() => parquetMetadataAsync(file, { initialFetchSize: footer }))
  const present = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  const read: ParquetTable['read'] = (rowStart, rowEnd, columns) =>
    reading(() =>
      parquetReadObjects({
        file,
        metadata,
        rowStart,
        rowEnd,
        ...(columns && { columns: columns.filter(name => present.has(name)) }),
        // Otherwise bytes of pictures would become text.
        utf8: false,
        useOffsetIndex: true,
        compressors: { ZSTD: unpacked },
      }),
    )
  let last: { group?: RowGroup; keys?: Promise<unknown[]> } = {}
  return {
    rows: Number(metadata.num_rows),
    groups: groupsOf(metadata),
    columns: [...present],
    read,
    keysOf(group) {
      if (last.group === group && last.keys) return last.keys
      const keys = read(group.start, group.end, ['key']).then(lines => lines.map(({ key }) => key))
      last = { group, keys }
      return keys
    },
  }
}

const unpacked = (input: Uint8Array, length: number): Uint8Array => {
  if (length > mostUnpacked) throw new RangeError('a page of it is too large')
  return decompress(input, new Uint8Array(length))
}

/** What a broken file makes of reading is told in one sentence. */
const saying =
  (path: string) =>
  async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      if (error instanceof PageProblem) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new PageProblem(`${path} cannot be read: it is cut off or no Parquet file (${why}).`)
    }
  }

function groupsOf({ row_groups }: FileMetaData): RowGroup[] {
  let end = 0
  return row_groups.map(({ num_rows, columns }) => {
    const start = end
    end += Number(num_rows)
    const key = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === 'key')?.meta_data?.statistics
    const { min_value, max_value } = key ?? {}
    const keys =
      typeof min_value === 'string' && typeof max_value === 'string'
        ? ([min_value, max_value] as const)
        : undefined
    return { start, end, keys }
  })
}

/** The lines of one key in a table whose lines of a key lie together. */
export async function keyLines(
  table: ParquetTable,
  key: string,
  columns: readonly string[],
): Promise<Line[]> {
  for (const group of table.groups) {
    // Statistics may be cut short, so what begins like one end may be there.
    if (group.keys && (key < group.keys[0] || (key > group.keys[1] && !key.startsWith(group.keys[1]))))
      continue
    const here = await table.keysOf(group)
    const first = here.indexOf(key)
    if (first >= 0) return table.read(group.start + first, group.start + here.lastIndexOf(key) + 1, columns)
  }
  return []
}
