import { crc32 } from 'node:zlib'
import type { ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { shortened } from '../../schemas/input-error.ts'
import { faultOf } from '../file-faults.ts'
import type { FileBytes } from './bytes.ts'
import { startOf } from './chunks.ts'
import { codecs } from './codecs.ts'
import { type Decoder, dictionaryIn, type Page, pageIn } from './page.ts'

/** What a page may have, packed or unpacked: it is held in memory as a whole. */
const mostPageBytes = 2 ** 30

/** A page that is not held in memory; the message says whose and what to do. */
export class TooLarge extends Error {}

/**
 * Gives the pages of a column within a row group, one after another, and undefined at the end. It throws where one is
 * damaged or too large.
 */
export function pagesOf(bytes: FileBytes, column: ColumnMetaData, path: SchemaTree[]) {
  const next = pageAfterPage(bytes, column, decoderOf(column, path))
  return (): Page | undefined => {
    try {
      return next()
    } catch (error) {
      const name = `the column ${shortened(JSON.stringify(column.path_in_schema.join('.')))}`
      if (error instanceof TooLarge) throw new TooLarge(`${name} ${error.message}`)
      throw new Error(`${name}: ${faultOf(error)}`)
    }
  }
}

function pageAfterPage(bytes: FileBytes, column: ColumnMetaData, decoder: Decoder) {
  let dictionary: DecodedArray | null = null
  let at = startOf(column)
  let left = Number(column.num_values)
  return (): Page | undefined => {
    while (left > 0) {
      const { header, start } = headerAt(bytes, at)
      const body = bodyOf(bytes, header, start)
      at = start + body.length
      if (header.dictionary_page_header) dictionary = dictionaryIn(header, body, decoder)
      const page = pageIn(header, body, { ...decoder, dictionary })
      left -= page?.count ?? 0
      if (page && page.count > 0) return page
    }
    return undefined
  }
}

const decoderOf = (column: ColumnMetaData, path: SchemaTree[]): Decoder => ({
  ...column,
  pathInSchema: column.path_in_schema,
  schemaPath: path,
  element: (path.at(-1) as SchemaTree).element,
  compressors: codecs,
  parsers: DEFAULT_PARSERS,
  dictionary: null,
})

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
