import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import type { Field, Schema } from 'apache-arrow'
import type { ColumnChunk } from 'hyparquet'
import { ByteWriter, fileWriter, ParquetWriter, type Writer } from 'hyparquet-writer'
import { canonicalJson } from '../schemas/hash.ts'
import {
  footerFeatures,
  holdsImages,
  isChangeable,
  type ParquetRow,
  type ParquetValue,
  parquetSchema,
} from './columns.ts'

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

/** Far less than what viewers and `datasets` take, so that little is in memory, and enough rows to be packed well. */
const shardLimits: ShardLimits = { groupRows: 1000, groupBytes: 8_000_000, shardBytes: 500_000_000 }

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
  const writer = openParquet(sink, schema)
  const late = changingFields(schema)
  const steady = schema.fields.filter(field => !late.includes(field))
  const apart = openApart(schema, late)
  const keys = { rows: 0, first: '', last: '' }
  return {
    rows: () => keys.rows,
    bytes: () => sink.offset + apart.bytes(),
    add(key: string) {
      if (keys.rows++ === 0) keys.first = key
      keys.last = key
    },
    group(rows: ParquetRow[]) {
      if (rows.length === 0) return
      writer.write({ columnData: columnsOf(steady, rows), rowGroupSize: rows.length })
      apart.group(rows)
    },
    async finish() {
      apart.append(writer)
      writer.finish()
      await flushToDisk(file)
      return keys
    },
  }
}

const openParquet = (writer: Writer, schema: Schema) =>
  new ParquetWriter({
    writer,
    schema: parquetSchema(schema),
    codec: 'ZSTD',
    compressors: { ZSTD: zstd },
    // Not Arrow's own schema: beside it, readers ignore this key.
    kvMetadata: [{ key: 'huggingface', value: canonicalJson(footerFeatures(schema)) }],
    createdBy: 'kindling',
  })

/** None where a row group would have no other column. */
const changingFields = ({ fields }: Schema): Field[] =>
  fields.every(isChangeable) ? [] : fields.filter(isChangeable)

/**
 * The columns that change, of all row groups together behind all other columns: Parquet's footer says where each part
 * of a row group lies. What changes in them makes nothing else of the shard new. Memory holds them compressed.
 */
function openApart(schema: Schema, fields: readonly Field[]) {
  const order = schema.fields.map(({ name }) => name)
  const sink = new ByteWriter()
  const writer = openParquet(sink, schema)
  const start = sink.offset
  return {
    bytes: () => sink.offset,
    group(rows: ParquetRow[]) {
      const columnData = columnsOf(fields, rows).map(column => ({ ...column, offsetIndex: false }))
      if (fields.length > 0) writer.write({ columnData, rowGroupSize: rows.length })
    },
    /** To the row groups of `whole`. */
    append(whole: ParquetWriter) {
      const by = whole.writer.offset - start
      whole.writer.appendBytes(sink.getBytes().subarray(start))
      for (const [index, { columns, ...sizes }] of writer.row_groups.entries()) {
        const group = whole.row_groups[index]
        if (!group) continue
        group.columns.push(...columns.map(column => moved(column, by)))
        group.columns.sort((a, b) => order.indexOf(fieldOf(a)) - order.indexOf(fieldOf(b)))
        group.total_byte_size += sizes.total_byte_size
        group.total_compressed_size =
          (group.total_compressed_size ?? 0n) + (sizes.total_compressed_size ?? 0n)
      }
    },
  }
}

const fieldOf = ({ meta_data }: ColumnChunk): string => meta_data?.path_in_schema[0] ?? ''

function moved(column: ColumnChunk, by: number): ColumnChunk {
  const { meta_data, file_offset } = column
  if (!meta_data) return column
  const { data_page_offset, dictionary_page_offset } = meta_data
  return {
    ...column,
    file_offset: file_offset + BigInt(by),
    meta_data: {
      ...meta_data,
      data_page_offset: data_page_offset + BigInt(by),
      ...(dictionary_page_offset !== undefined && {
        dictionary_page_offset: dictionary_page_offset + BigInt(by),
      }),
    },
  }
}

/** Image bytes are stored as they are, and without statistics or a dictionary over them. */
const columnsOf = (fields: readonly Field[], rows: ParquetRow[]) =>
  fields.map(field => ({
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
