import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { constants, zstdCompressSync } from 'node:zlib'
import { type Field, Schema } from 'apache-arrow'
import type { ColumnChunk, RowGroup } from 'hyparquet'
import { fileWriter, ParquetWriter, type Writer } from 'hyparquet-writer'
import { canonicalJson } from '../../schemas/hash.ts'
import { footerFeatures, holdsImages, isChangeable, type ParquetRow, parquetSchema } from '../columns.ts'
import type { RowFile } from './row-file.ts'

/** Rows and bytes, before compression. */
export interface RowGroupLimits {
  groupRows: number
  groupBytes: number
}

/** Bytes that a page of texts, or of pictures, has before it ends with a row, and how hard ZSTD packs one. */
interface Pages {
  texts: number
  pictures: number
  level: number
}

/**
 * Whoever opens a row with five pictures of 24 KB fetches less than 250 kB; it is 1.3 MB with pages of 1 MiB. So
 * small ones are packed by level 9 as well as large ones by level 3. The pictures of each row are a page, so they are
 * the same bytes whatever lies before them.
 */
const usualPages: Pages = { texts: 96 * 1024, pictures: 1, level: 9 }

/** How a file is written. ZSTD packs better, and browsers unpack SNAPPY faster. */
export interface ParquetForm extends RowGroupLimits {
  codec?: Codec
  pages?: Pages
}

type Codec = 'ZSTD' | 'SNAPPY'

/** A Parquet file that is written row group by row group. */
export function openParquetFile(path: string, schema: Schema, limits: ParquetForm): RowFile {
  const writer = openRowGroups(path, schema, limits)
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

const zstd =
  (level: number) =>
  (data: Uint8Array): Uint8Array =>
    zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level } })

/** Where columns that change wait until the file at `path` is finished. */
export const changingPath = (path: string): string => `${path}.changing`

/** Each row group goes to the disk as it comes: what waits in memory is one, in a small file and in a large one. */
function openRowGroups(
  path: string,
  { fields }: Schema,
  { codec = 'ZSTD', pages = usualPages }: ParquetForm,
) {
  const { texts, pictured, late } = inFileOrder(fields)
  const schema = new Schema([...texts, ...pictured, ...late])
  const open = (sink: Writer) => openParquet(sink, schema, { codec, level: pages.level })
  const sink = fileWriter(path)
  const writer = open(sink)
  const leanly = leanGroups()
  const apart = late.length > 0 ? openApart(changingPath(path), late, open) : undefined
  return {
    bytes: () => sink.offset + (apart?.bytes() ?? 0),
    group(rows: ParquetRow[]) {
      if (rows.length === 0) return
      const write = (fields: readonly Field[], pageSize: number) =>
        writer.write({ columnData: columnsOf(fields, rows), rowGroupSize: rows.length, pageSize })
      write(texts, pages.texts)
      write(pictured, pages.pictures)
      joinLast(writer.row_groups, Number(texts.length > 0) + Number(pictured.length > 0))
      leanly(writer.row_groups.at(-1))
      sink.finish()
      apart?.group(rows)
    },
    finish() {
      apart?.append(writer)
      // The writer counts the rows of a group as often as it wrote to it.
      writer.num_rows = writer.row_groups.reduce((sum, { num_rows }) => sum + num_rows, 0n)
      writer.finish()
    },
  }
}

const openParquet = (writer: Writer, schema: Schema, { codec, level }: { codec: Codec; level: number }) =>
  new ParquetWriter({
    writer,
    schema: parquetSchema(schema),
    codec,
    compressors: { ZSTD: zstd(level) },
    // Not Arrow's own schema: beside it, readers ignore this key.
    kvMetadata: [{ key: 'huggingface', value: canonicalJson(footerFeatures(schema)) }],
    createdBy: 'kindling',
  })

/**
 * Columns as their bytes lie, those that change last unless there are no others. Footers have the same order: hyparquet
 * takes columns for neighbours that are in it, and asks for a range that ends before it begins where they are not.
 */
function inFileOrder(fields: readonly Field[]) {
  const late = fields.every(isChangeable) ? [] : fields.filter(isChangeable)
  const steady = fields.filter(field => !late.includes(field))
  const pictured = steady.filter(holdsImages)
  return { texts: steady.filter(field => !pictured.includes(field)), pictured, late }
}

/** The last `count` row groups are columns of the same rows. */
function joinLast(groups: RowGroup[], count: number) {
  const [first, ...others] = groups.splice(groups.length - count)
  if (!first) return
  for (const other of others) addColumns(first, other, other.columns)
  groups.push(first)
}

function addColumns(
  group: RowGroup,
  { total_byte_size, total_compressed_size }: RowGroup,
  columns: ColumnChunk[],
) {
  group.columns.push(...columns)
  group.total_byte_size += total_byte_size
  group.total_compressed_size = (group.total_compressed_size ?? 0n) + (total_compressed_size ?? 0n)
}

/** The writer writes 16 bytes of the least and of the greatest text of a column, and holds both whole until then. */
const mostOfText = 32

/** Its footer says what all row groups are, so it is held to the end: in as little memory as there are few of them. */
function leanGroups() {
  const shared = new Map<string, unknown>()
  const one = <T>(value: T): T => {
    const name = JSON.stringify(value)
    if (!shared.has(name)) shared.set(name, value)
    return shared.get(name) as T
  }
  return (group: RowGroup | undefined) => {
    for (const { meta_data: about } of group?.columns ?? []) {
      if (!about) continue
      about.path_in_schema = one(about.path_in_schema)
      about.encodings = one(about.encodings)
      if (about.encoding_stats) about.encoding_stats = one(about.encoding_stats)
      for (const name of ['min_value', 'max_value'] as const) {
        const bound = about.statistics?.[name]
        if (about.statistics && typeof bound === 'string') about.statistics[name] = begun(bound)
      }
    }
  }
}

/** The beginning of a long text, in memory of its own. One that no shorter text is above is written whole. */
const begun = (text: string): string =>
  text.length > mostOfText && !text.startsWith('\u{10ffff}')
    ? Buffer.from(text.slice(0, mostOfText)).toString()
    : text

/**
 * The columns that change, of all row groups together behind all other columns: Parquet's footer says where each part
 * of a row group lies. What changes in them makes nothing else of the shard new. Until the others are whole they wait
 * in a file of their own, so that memory does not grow with the shard.
 */
function openApart(path: string, fields: readonly Field[], open: (sink: Writer) => ParquetWriter) {
  const sink = fileWriter(path)
  const writer = open(sink)
  const leanly = leanGroups()
  const start = sink.offset
  return {
    bytes: () => sink.offset,
    group(rows: ParquetRow[]) {
      const columnData = columnsOf(fields, rows).map(column => ({ ...column, offsetIndex: false }))
      writer.write({ columnData, rowGroupSize: rows.length })
      leanly(writer.row_groups.at(-1))
      sink.finish()
    },
    /** To the row groups of `whole`. */
    append(whole: ParquetWriter) {
      const by = whole.writer.offset - start
      for (const bytes of piecesOf(path, start)) whole.writer.appendBytes(bytes)
      rmSync(path)
      for (const [index, late] of writer.row_groups.entries()) {
        const group = whole.row_groups[index]
        const columns = late.columns.map(column => moved(column, by))
        if (group) addColumns(group, late, columns)
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
