import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { constants, zstdCompressSync } from 'node:zlib'
import type { Field, Schema } from 'apache-arrow'
import type { ColumnChunk } from 'hyparquet'
import { fileWriter, ParquetWriter, type Writer } from 'hyparquet-writer'
import { canonicalJson } from '../../schemas/hash.ts'
import { footerFeatures, holdsImages, isChangeable, type ParquetRow, parquetSchema } from '../columns.ts'
import type { RowFile } from './row-file.ts'

/** Rows and bytes, before compression. */
export interface RowGroupLimits {
  groupRows: number
  groupBytes: number
}

/** How a file is written. ZSTD packs better, and browsers unpack SNAPPY faster. */
interface ParquetForm extends RowGroupLimits {
  codec?: Codec
}

type Codec = 'ZSTD' | 'SNAPPY'

/** A Parquet file that is written row group by row group. */
export function openParquetFile(path: string, schema: Schema, limits: ParquetForm): RowFile {
  const writer = openRowGroups(path, schema, limits.codec ?? 'ZSTD')
  let group: ParquetRow[] = []
  let bytes = 0

  function flush() {
    writer.group(group)
    group = []
    bytes = 0
  }

  return {
    bytesWith(more) {
      if (group.length === limits.groupRows || (group.length > 0 && bytes + more > limits.groupBytes)) flush()
      return writer.bytes() + bytes + more
    },
    async add(row, more) {
      group.push(row)
      bytes += more
    },
    endKind: flush,
    finish() {
      flush()
      writer.finish()
    },
  }
}

const zstd = (data: Uint8Array): Uint8Array =>
  zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })

/** Each row group goes to the disk as it comes: what waits in memory is one, in a small file and in a large one. */
function openRowGroups(path: string, schema: Schema, codec: Codec) {
  const sink = fileWriter(path)
  const writer = openParquet(sink, schema, codec)
  const late = changingFields(schema)
  const steady = schema.fields.filter(field => !late.includes(field))
  const apart = late.length > 0 ? openApart(`${path}.changing`, schema, late, codec) : undefined
  return {
    bytes: () => sink.offset + (apart?.bytes() ?? 0),
    group(rows: ParquetRow[]) {
      if (rows.length === 0) return
      writer.write({ columnData: columnsOf(steady, rows), rowGroupSize: rows.length })
      sink.finish()
      apart?.group(rows)
    },
    finish() {
      apart?.append(writer)
      writer.finish()
    },
  }
}

const openParquet = (writer: Writer, schema: Schema, codec: Codec) =>
  new ParquetWriter({
    writer,
    schema: parquetSchema(schema),
    codec,
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
 * of a row group lies. What changes in them makes nothing else of the shard new. Until the others are whole they wait in
 * a file of their own, so that memory does not grow with the shard.
 */
function openApart(path: string, schema: Schema, fields: readonly Field[], codec: Codec) {
  const order = schema.fields.map(({ name }) => name)
  const sink = fileWriter(path)
  const writer = openParquet(sink, schema, codec)
  const start = sink.offset
  return {
    bytes: () => sink.offset,
    group(rows: ParquetRow[]) {
      const columnData = columnsOf(fields, rows).map(column => ({ ...column, offsetIndex: false }))
      writer.write({ columnData, rowGroupSize: rows.length })
      sink.finish()
    },
    /** To the row groups of `whole`. */
    append(whole: ParquetWriter) {
      const by = whole.writer.offset - start
      for (const bytes of piecesOf(path, start)) whole.writer.appendBytes(bytes)
      rmSync(path)
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

/** A file from one of its bytes on, a mebibyte at a time; each piece holds until the next is asked for. */
function* piecesOf(path: string, start: number): Generator<Uint8Array> {
  const piece = new Uint8Array(2 ** 20)
  const file = openSync(path, 'r')
  try {
    for (let at = start; ; ) {
      const bytes = readSync(file, piece, 0, piece.length, at)
      if (bytes === 0) return
      yield piece.subarray(0, bytes)
      at += bytes
    }
  } finally {
    closeSync(file)
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
