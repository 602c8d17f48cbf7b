import { type Folder, PageProblem } from './folder.ts'
import { countPlaces, type LinePlaces } from './line-places.ts'
import { type OpenRow, openRow } from './open-row.ts'
import { keyLines, type Line, openParquet, type ParquetTable } from './parquet.ts'
import { type RowLine, rowColumns, rowOf } from './row-line.ts'

/** Reads an export: what its tables and shards say. Whatever cannot be read is a PageProblem. */
export interface Reader {
  folder: Folder
  /** How many rows it has. */
  count: number
  /** All rows, row group by row group. */
  rows(): AsyncGenerator<RowLine[]>
  /** A row with all that is known of it, its pictures among that. */
  open(row: RowLine): Promise<OpenRow>
  /** A table of `tables/` by its name; undefined where the export has none. */
  table(name: string): Promise<ParquetTable | undefined>
}

/** Open files whose footers stay in memory. */
const mostOpen = 12

/** Throws PageProblem where the folder has no tables. */
export async function openFolder(folder: Folder): Promise<Reader> {
  const open = keeping(folder)
  const table = async (name: string) => open(`tables/${name}.parquet`)
  const rows = await table('rows')
  if (!rows) throw new PageProblem('This folder has no tables/rows.parquet; choose the folder of an export.')
  const lacking = ['key', 'task_id', 'question', 'kept'].find(name => !rows.columns.includes(name))
  if (lacking)
    throw new PageProblem(`tables/rows.parquet is no table of kindling: it has no column ${lacking}.`)
  const shards = new Map(
    Object.entries(Object.groupBy(folder.files.keys(), path => path.split('/')[0] ?? '')).map(
      ([view, paths = []]) => [view, paths.sort()],
    ),
  )
  let places: LinePlaces | undefined
  // What the list does not hold of a row already.
  const more = rows.columns.filter(name => !rowColumns.includes(name))
  return {
    folder,
    count: rows.rows,
    table,
    async *rows() {
      const counting = countPlaces(rows.rows)
      for (const { start, end } of rows.groups) {
        const lines = await rows.read(start, end, rowColumns)
        const read = lines.map((line, index) => rowOf(line, start + index))
        for (const row of read) counting.add(row)
        yield read
      }
      places = await counting.whole(async name => (await table(name))?.rows)
    },
    async open(row) {
      const path = row.view === null ? undefined : shards.get(row.view)?.[row.shard ?? 0]
      return openRow(row, {
        more: async () => (await rows.read(row.at, row.at + 1, more))[0] ?? {},
        lines: async (name, without) => {
          const found = await table(name)
          return found
            ? linesOf(found, row, {
                columns: found.columns.filter(each => !without.includes(each)),
                place: places?.of(name, row),
              })
            : []
        },
        shard: path === undefined ? async () => undefined : () => open(path),
      })
    },
  }
}

interface Wanted {
  columns: readonly string[]
  place: readonly [start: number, end: number] | undefined
}

/** The lines of a row in another table. Until it is known where they lie, they are looked for by the row's key. */
async function linesOf(table: ParquetTable, { key }: RowLine, { columns, place }: Wanted): Promise<Line[]> {
  if (!place) return keyLines(table, key, columns)
  const [start, end] = place
  return start === end ? [] : table.read(start, end, columns)
}

/** Opens files by their path, and keeps the last ones open. Undefined where there is no such file. */
function keeping(folder: Folder) {
  const kept = new Map<string, Promise<ParquetTable>>()
  return async (path: string): Promise<ParquetTable | undefined> => {
    const file = folder.files.get(path)
    if (!file) return undefined
    const opened = kept.get(path) ?? openParquet(path, file)
    kept.delete(path)
    kept.set(path, opened)
    for (const oldest of kept.keys()) if (kept.size > mostOpen) kept.delete(oldest)
    return opened
  }
}
