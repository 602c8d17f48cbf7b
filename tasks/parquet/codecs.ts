import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'
import { compressors as all } from 'hyparquet-compressors'

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Buffer

/** Node's own codecs check the sums of what they unpack, and hold it to the length that its page names. */
const native = (unpack: Unpack) => (packed: Uint8Array, length: number) =>
  unpack(packed, { maxOutputLength: Math.max(1, length) })

const { SNAPPY: _, ...others } = all

/** Snappy is hyparquet's own: the one in WebAssembly keeps three times a large page. */
export const codecs: Compressors = {
  ...others,
  GZIP: native(gunzipSync),
  BROTLI: native(brotliDecompressSync),
  ZSTD: native(zstdDecompressSync),
}
