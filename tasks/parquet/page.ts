import type { DecodedArray, PageHeader } from 'hyparquet'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js'
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

type Levels = ReturnType<typeof readDataPageV2>
type SecondHeader = NonNullable<PageHeader['data_page_header_v2']>

/** How the pages of a column are to be read, and its dictionary, once that was met. */
export type Decoder = Parameters<typeof readDataPageV2>[2] & { dictionary: DecodedArray | null }

export function dictionaryIn(header: PageHeader, packed: Uint8Array, decoder: Decoder): DecodedArray {
  const page = unpacked(packed, header.uncompressed_page_size, decoder)
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 }
  const count = header.dictionary_page_header?.num_values ?? 0
  return readPlain(reader, decoder.type, count, decoder.element.type_length)
}

/** What a page of data holds; null for one of another kind. */
export function pageIn(header: PageHeader, packed: Uint8Array, decoder: Decoder): Page | null {
  const about = header.data_page_header ?? header.data_page_header_v2
  if (!about) return null
  const { num_values: count, encoding } = about
  if (!(count >= 0)) throw new Error('a page does not say how many values it has')
  const isDelta = encoding === 'DELTA_BINARY_PACKED' && decoder.type === 'INT32'
  const page = isDelta ? narrowed(header, packed, decoder) : valuesIn(header, packed, decoder)
  return {
    count,
    definitions: page.definitionLevels?.length ? page.definitionLevels : null,
    repetitions: page.repetitionLevels.length > 0 ? page.repetitionLevels : null,
    values: page.dataPage,
    dictionary: encoding?.endsWith('_DICTIONARY') ? decoder.dictionary : null,
  }
}

/** Some writers let differences grow over 32 bits. Only what is left of them in 32 bits counts. */
function narrowed(header: PageHeader, packed: Uint8Array, decoder: Decoder): Levels {
  const { dataPage, ...levels } = valuesIn(header, packed, { ...decoder, type: 'INT64' })
  const narrow = Array.from(dataPage as BigInt64Array, wide => Number(BigInt.asIntN(32, wide)))
  return { ...levels, dataPage: narrow }
}

function valuesIn(header: PageHeader, packed: Uint8Array, decoder: Decoder): Levels {
  const { data_page_header: first, data_page_header_v2: second } = header
  if (first) return readDataPage(unpacked(packed, header.uncompressed_page_size, decoder), first, decoder)
  const read = (changes: Partial<SecondHeader>) =>
    readDataPageV2(
      packed,
      { ...header, data_page_header_v2: { ...(second as SecondHeader), ...changes } },
      decoder,
    )
  const count = second?.num_values ?? 0
  const levels = read({ num_nulls: count, encoding: 'PLAIN', is_compressed: false })
  // They are counted, because writers do not agree on what is null within lists.
  const most = getMaxDefinitionLevel(decoder.schemaPath)
  const missing = levels.definitionLevels?.filter(level => level < most).length ?? 0
  // Without any value there is nothing to unpack, not even an empty something.
  return missing === count ? levels : read({ num_nulls: missing })
}

const unpacked = (packed: Uint8Array, length: number, { codec }: Decoder): Uint8Array =>
  length === 0 ? new Uint8Array(0) : decompressPage(packed, length, codec, codecs)
