import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Schema } from 'apache-arrow'
import type { ParquetRow } from '../columns.ts'
import { openLinesFile } from './lines-file.ts'
import { changingPath, openParquetFile, type RowGroupLimits } from './parquet-file.ts'
import { type RowFile, valueBytes } from './row-file.ts'

/** One file of rows. `first` and `last` are the keys of its rows; empty without rows. */
export interface Shard {
  file: string
  rows: number
  first: string
  last: string
}

/**
 * Rows that lie together: another part begins another shard, and in Parquet another kind another row group. So the
 * bytes of a part are the same whatever lies before and after it.
 */
export interface Section {
  part: number
  kind: 'pictured' | 'plain' | 'task' | 'mixed'
}

export interface Shards extends AsyncDisposable {
  /**
   * `key` tells where the row is found again. The rows of a section come together. Gives the row's place: the number of
   * its file and its number in it, both from 0.
   */
  write(row: ParquetRow, key: string, section?: Section): Promise<{ shard: number; row: number }>
  /** Name the files `<split>-00000-of-00001.parquet` (or `.jsonl`) and so on: one at least, even without rows. */
  finish(): Promise<Shard[]>
}

/** Rows and bytes, before compression. */
export interface ShardLimits extends RowGroupLimits {
  shardBytes: number
}

/** Far less than what viewers and `datasets` take, so that little is in memory, and enough rows to be packed well. */
export const shardLimits: ShardLimits = { groupRows: 1000, groupBytes: 8_000_000, shardBytes: 500_000_000 }

interface ShardOptions {
  folder: string
  split: string
  /** The columns of Parquet files; without one the rows are JSON Lines. */
  schema?: Schema | undefined
  limits?: ShardLimits
}

/**
 * Files for rows that are written one by one: memory holds one row group, or of JSON Lines one row. The same rows give
 * the same bytes. Disposed before `finish()`, it leaves no file.
 */
export async function openShards({
  folder,
  split,
  schema,
  limits = shardLimits,
}: ShardOptions): Promise<Shards> {
  await mkdir(folder, { recursive: true })
  const written: Omit<Shard, 'file'>[] = []
  const draft = (index: number) => join(folder, `.${split}-${number(index)}.draft`)
  const openFile = async (path: string): Promise<RowFile> =>
    schema ? openParquetFile(path, schema, limits) : openLinesFile(path)
  let current = await openFile(draft(0))
  let keys = { rows: 0, first: '', last: '' }
  let last: Section | undefined

  async function close() {
    current.finish()
    await flushToDisk(draft(written.length))
    written.push(keys)
  }

  async function next() {
    await close()
    current = await openFile(draft(written.length))
    keys = { rows: 0, first: '', last: '' }
  }

  async function begin(section: Section) {
    if (last && last.part !== section.part) await next()
    else if (last?.kind !== section.kind) current.endKind()
    last = section
  }

  return {
    async write(row, key, section = { part: 0, kind: 'plain' }) {
      await begin(section)
      const bytes = valueBytes(row)
      if (current.bytesWith(bytes) > limits.shardBytes && keys.rows > 0) await next()
      await current.add(row, bytes)
      keys = { rows: keys.rows + 1, first: keys.rows === 0 ? key : keys.first, last: key }
      return { shard: written.length, row: keys.rows - 1 }
    },
    async finish() {
      await close()
      const ending = schema ? 'parquet' : 'jsonl'
      const name = (index: number) => `${split}-${number(index)}-of-${number(written.length)}.${ending}`
      for (const index of written.keys()) await rename(draft(index), join(folder, name(index)))
      return written.map((shard, index) => ({ file: name(index), ...shard }))
    },
    async [Symbol.asyncDispose]() {
      const drafts = Array.from({ length: written.length + 1 }, (_, index) => draft(index))
      for (const path of drafts.flatMap(path => [path, changingPath(path)])) await rm(path, { force: true })
    },
  }
}

const number = (index: number): string => String(index).padStart(5, '0')

/** What was written of a file lies on the disk when it resolves. */
export async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r')
  await handle.sync()
  await handle.close()
}
