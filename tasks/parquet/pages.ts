import { crc32 } from 'node:zlib'
import type { ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { shortened } from '../../schemas/shortened.ts'
import { faultOf } from '../file-faults.ts'
import type { FileBytes } from './bytes.ts'
import { codecs } from './codecs.ts'

/** A run of a column's values, as the file stores them. */
export interface Page {
  /** How many there are, with those that are null. */
  count: number
  /** How far each of them is there; null where all are. */
  definitions: ArrayLike<number> | null
  /** At which level of lists each begins something new; null where there are no lists. */
  repetitions: ArrayLike<number> | null
  /** Those that are not null, or their places in the dictionary. */
  values: DecodedArray
  dictionary: DecodedArray | null
}

/** What a page may have, packed or unpacked: it is held in memory as a whole. */
const mostPageBytes = 2 ** 30

/** A page that is not held in memory; the message says whose and what to do. */
export class TooLarge extends Error {}

/** The pages of a column within a row group, one after another. Throws where one is damaged or too large. */
export function* pagesOf(bytes: FileBytes, column: ColumnMetaData, path: SchemaTree[]): Generator<Page> {
  const name = shortened(JSON.stringify(column.path_in_schema.join('.')))
  try {
    yield* allPages(bytes, column, path)
  } catch (error) {
    if (error instanceof TooLarge) throw new TooLarge(`the column ${name} ${error.message}`)
    throw new Error(`the column ${name}: ${faultOf(error)}`)
  }
}

function* allPages(bytes: FileBytes, column: ColumnMetaData, path: SchemaTree[]): Generator<Page> {
  const decoder = { ...column, pathInSchema: column.path_in_schema, schemaPath: path, ...decoding(path) }
  let dictionary: DecodedArray | null = null
  let at = startOf(column)
  for (let left = Number(column.num_values); left > 0; ) {
    const { header, start } = headerAt(bytes, at)
    at = start + header.compressed_page_size
    const about = header.data_page_header ?? header.data_page_header_v2
    if (header.dictionary_page_header)
      dictionary = dictionaryIn(header, bodyOf(bytes, header, start), decoder)
    if (!about) continue
    if (!(about.num_values >= 0)) throw new Error('a page does not say how many values it has')
    left -= about.num_values
    const isPlaces = about.encoding?.endsWith('_DICTIONARY')
    const data = levelsAndValues(header, bodyOf(bytes, header, start), decoder)
    if (about.num_values > 0)
      yield { ...pageOf(data, about.num_values), dictionary: isPlaces ? dictionary : null }
  }
}

const decoding = (path: SchemaTree[]) => ({
  element: (path.at(-1) as SchemaTree).element,
  compressors: codecs,
  parsers: DEFAULT_PARSERS,
})

/** Some writers leave the dictionary's place out or say 0: then it is before the first page of data. */
const startOf = ({ dictionary_page_offset: dictionary, data_page_offset: data }: ColumnMetaData): number =>
  Number(dictionary && dictionary < data ? dictionary : data)

/** Headers hold statistics, so they may be as long as two values. */
function headerAt(bytes: FileBytes, at: number): { header: PageHeader; start: number } {
  for (let size = 1024; ; size *= 16) {
    const reader = { view: new DataView(bytes.read(at, Math.min(size, bytes.length - at)).buffer), offset: 0 }
    try {
      return { header: parquetHeader(reader), start: at + reader.offset }
    } catch (error) {
      if (at + size >= bytes.length || size > 2 ** 24) throw error
    }
  }
}

function bodyOf(bytes: FileBytes, header: PageHeader, start: number): Uint8Array<ArrayBuffer> {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked, crc } = header
  if (Math.max(packed, unpacked) > mostPageBytes)
    throw new TooLarge(
      `has a page of ${Math.round(Math.max(packed, unpacked) / 1e6)} MB, more than ${mostPageBytes / 2 ** 20} MiB; ` +
        'write smaller row groups',
    )
  const body = bytes.read(start, packed)
  if (crc !== undefined && crc32(body) !== crc >>> 0) throw new Error('a page does not have the sum it names')
  return body
}

type Decoder = Parameters<typeof readDataPageV2>[2]
type DataPage = ReturnType<typeof readDataPageV2>

function dictionaryIn(header: PageHeader, packed: Uint8Array, decoder: Decoder): DecodedArray {
  const page = unpacked(packed, header.uncompressed_page_size, decoder)
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 }
  const count = header.dictionary_page_header?.num_values ?? 0
  return readPlain(reader, decoder.type, count, decoder.element.type_length)
}

const unpacked = (packed: Uint8Array, length: number, { codec }: Decoder) =>
  length === 0 ? new Uint8Array(0) : decompressPage(packed, length, codec, codecs)

function pageOf({ definitionLevels = [], repetitionLevels, dataPage }: DataPage, count: number) {
  const definitions = definitionLevels.length > 0 ? definitionLevels : null
  const repetitions = repetitionLevels.length > 0 ? repetitionLevels : null
  return { count, definitions, repetitions, values: dataPage }
}

function levelsAndValues(header: PageHeader, packed: Uint8Array, decoder: Decoder): DataPage {
  const { data_page_header: first, data_page_header_v2: second } = header
  if (first) return readDataPage(unpacked(packed, header.uncompressed_page_size, decoder), first, decoder)
  // Without any value there is nothing to unpack, not even an empty something.
  const isBlank = second !== undefined && second.num_nulls === second.num_values
  const plain = isBlank && { ...second, encoding: 'PLAIN' as const, is_compressed: false }
  return readDataPageV2(packed, plain ? { ...header, data_page_header_v2: plain } : header, decoder)
}
