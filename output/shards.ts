import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import type { Schema } from 'apache-arrow'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { canonicalJson } from '../schemas/hash.ts'
import { footerFeatures, holdsImages, type ParquetRow, type ParquetValue, parquetSchema } from './columns.ts'

/** One Parquet file. `first` and `last` are the keys of its rows; empty without rows. */
export interface Shard {
  file: string
  rows: number
  first: string
  last: string
}

/**
 * Rows that lie together: another part begins another shard, and another kind another row group. So the bytes of a part
 * are the same whatever lies before and after it.
 */
export interface Section {
  part: number
  kind: 'pictured' | 'plain' | 'task' | 'mixed'
}

export interface Shards extends AsyncDisposable {
  /** `key` tells where the row is found again. The rows of a section come together. */
  write(row: ParquetRow, key: string, section?: Section): Promise<void>
  /** Name the files `<split>-00000-of-00001.parquet` and so on. There is one at least, even without rows. */
  finish(): Promise<Shard[]>
}

/** Rows and bytes, before compression. */
export interface ShardLimits {
  groupRows: number
  groupBytes: number
  shardBytes: number
}

/** What Hugging Face `datasets` itself writes: no reader then meets a group it cannot hold. */
const shardLimits: ShardLimits = { groupRows: 100, groupBytes: 100_000_000, shardBytes: 500_000_000 }

interface ShardOptions {
  folder: string
  split: string
  schema: Schema
  limits?: ShardLimits
}

/**
 * Parquet files for rows that are written one by one: memory holds one row group. The same rows give the same bytes.
 * Disposed before `finish()`, it leaves no file.
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
  let current = openShard(draft(0), schema)
  let group: ParquetRow[] = []
  let groupBytes = 0
  let last: Section | undefined

  function flush() {
    current.group(group)
    group = []
    groupBytes = 0
  }

  async function close() {
    flush()
    written.push(await current.finish())
  }

  async function next() {
    await close()
    current = openShard(draft(written.length), schema)
  }

  async function begin(section: Section) {
    if (last && last.part !== section.part) await next()
    else if (last?.kind !== section.kind) flush()
    last = section
  }

  return {
    async write(row, key, section = { part: 0, kind: 'plain' }) {
      await begin(section)
      const bytes = sizeOf(row)
      if (group.length === limits.groupRows || (group.length > 0 && groupBytes + bytes > limits.groupBytes))
        flush()
      if (current.rows() > 0 && current.bytes() + groupBytes + bytes > limits.shardBytes) await next()
      current.add(key)
      group.push(row)
      groupBytes += bytes
    },
    async finish() {
      await close()
      const name = (index: number) => `${split}-${number(index)}-of-${number(written.length)}.parquet`
      for (const index of written.keys()) await rename(draft(index), join(folder, name(index)))
      return written.map((shard, index) => ({ file: name(index), ...shard }))
    },
    async [Symbol.asyncDispose]() {
      for (let index = 0; index <= written.length; index++) await rm(draft(index), { force: true })
    },
  }
}

const number = (index: number): string => String(index).padStart(5, '0')

const zstd = (data: Uint8Array): Uint8Array =>
  zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })

function openShard(file: string, schema: Schema) {
  const sink = fileWriter(file)
  const writer = new ParquetWriter({
    writer: sink,
    schema: parquetSchema(schema),
    codec: 'ZSTD',
    compressors: { ZSTD: zstd },
    // Not Arrow's own schema: beside it, readers ignore this key.
    kvMetadata: [{ key: 'huggingface', value: canonicalJson(footerFeatures(schema)) }],
    createdBy: 'kindling',
  })
  const keys = { rows: 0, first: '', last: '' }
  return {
    rows: () => keys.rows,
    bytes: () => sink.offset,
    add(key: string) {
      if (keys.rows++ === 0) keys.first = key
      keys.last = key
    },
    group(rows: ParquetRow[]) {
      if (rows.length === 0) return
      writer.write({ columnData: columnsOf(schema, rows), rowGroupSize: rows.length })
    },
    async finish() {
      writer.finish()
      await flushToDisk(file)
      return keys
    },
  }
}

/** Image bytes are stored as they are, and without statistics or a dictionary over them. */
const columnsOf = (schema: Schema, rows: ParquetRow[]) =>
  schema.fields.map(field => ({
    name: field.name,
    data: rows.map(row => row[field.name] ?? null),
    ...(holdsImages(field) ? ({ codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const) : {}),
  }))

async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r')
  await handle.sync()
  await handle.close()
}

function sizeOf(value: ParquetValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0)
  if (typeof value !== 'object' || value === null) return 8
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 0)
}
