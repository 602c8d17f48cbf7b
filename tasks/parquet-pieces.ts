import { open } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { compressors as others } from 'hyparquet-compressors'
import { labelNames } from './class-labels.ts'
import { faultOf, fileFault } from './file-faults.ts'
import type { TaskFile } from './files.ts'
import type { Numbered } from './table-source.ts'

/** Bytes that are decoded at once, if the file's page index allows to read less than a row group. */
const windowBytes = 64_000_000

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Buffer

/** Node's own codecs check the sums of what they unpack, and hold it to the length that its page names. */
const native = (unpack: Unpack) => (packed: Uint8Array, length: number) =>
  unpack(packed, { maxOutputLength: Math.max(1, length) })

const compressors: Compressors = {
  ...others,
  GZIP: native(gunzipSync),
  BROTLI: native(brotliDecompressSync),
  ZSTD: native(zstdDecompressSync),
}

/**
 * The rows of a Parquet file with these columns (all where null), or what is wrong with them, in pieces that are
 * decoded at once.
 */
export async function* parquetPieces(file: TaskFile, columns: string[] | null): AsyncGenerator<Numbered[]> {
  try {
    await using handle = await open(file.path)
    const buffer = bufferOf(handle, (await handle.stat()).size)
    yield* readParquet(file, buffer, columns)
  } catch (error) {
    yield [{ place: file.shown, problem: `${fileFault(error)}; correct that or leave it out` }]
  }
}

const bufferOf = (handle: Awaited<ReturnType<typeof open>>, byteLength: number): AsyncBuffer => ({
  byteLength,
  async slice(start, end = byteLength) {
    const bytes = new Uint8Array(end - start)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    if (bytesRead < bytes.length) throw new Error(`the file ends at byte ${start + bytesRead}`)
    return bytes.buffer
  },
})

async function* readParquet(
  file: TaskFile,
  buffer: AsyncBuffer,
  columns: string[] | null,
): AsyncGenerator<Numbered[]> {
  const metadata = await footerOf(buffer)
  if (typeof metadata === 'string') {
    yield [{ place: file.shown, problem: metadata }]
    return
  }
  const named = labelNames(metadata)
  const present = columns && presentColumns(metadata, columns)
  for (const { rowStart, rowEnd } of windows(metadata)) {
    const options = {
      file: buffer,
      metadata,
      rowStart,
      rowEnd,
      compressors,
      utf8: false,
      useOffsetIndex: true,
    }
    const parsers = { stringFromBytes }
    try {
      const rows = await parquetReadObjects({ ...options, parsers, ...(present && { columns: present }) })
      yield rows.map((row, index) => ({ number: rowStart + index + 1, row: named(row) }))
    } catch (error) {
      const problem = `cannot be read (${faultOf(error)}); fetch the file again or write it anew`
      yield [{ place: `${file.shown}: rows ${rowStart + 1} to ${rowEnd}`, problem }]
    }
  }
}

async function footerOf(buffer: AsyncBuffer): Promise<FileMetaData | string> {
  try {
    return await parquetMetadataAsync(buffer)
  } catch (error) {
    return `is not whole Parquet (${faultOf(error)}); fetch the file again or write it anew`
  }
}

/** The top-level columns that a mapping needs; null, for all, where one is not there and is to be explained. */
function presentColumns(metadata: FileMetaData, columns: string[]): string[] | null {
  const top = new Set(metadata.row_groups.flatMap(group => group.columns.map(topLevel)))
  const needed = columns.map(column => (top.has(column) ? column : (column.split('.', 1)[0] ?? column)))
  return needed.every(column => top.has(column)) ? [...new Set(needed)] : null
}

const topLevel = (chunk: FileMetaData['row_groups'][number]['columns'][number]) =>
  chunk.meta_data?.path_in_schema[0] ?? ''

function* windows({ row_groups }: FileMetaData): Iterable<{ rowStart: number; rowEnd: number }> {
  let groupStart = 0
  for (const group of row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    const indexed = group.columns.every(column => column.offset_index_offset !== undefined)
    const pieces = indexed ? Math.ceil(Number(group.total_byte_size) / windowBytes) : 1
    const size = Math.max(1, Math.ceil((groupEnd - groupStart) / Math.max(1, pieces)))
    for (let start = groupStart; start < groupEnd; start += size) {
      yield { rowStart: start, rowEnd: Math.min(start + size, groupEnd) }
    }
    groupStart = groupEnd
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bytes that are not UTF-8 stay bytes, so that the field they are in refuses them by name. */
function stringFromBytes(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && utf8.decode(bytes)
  } catch {
    return bytes
  }
}
