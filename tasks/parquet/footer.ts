import { type FileMetaData, parquetMetadata } from 'hyparquet'
import type { FileBytes } from './bytes.ts'

/** What stands behind the footer: its length and the file's mark. */
const tail = 8

/** What a Parquet file says of itself. Throws where it is none. */
export function footerOf(bytes: FileBytes): FileMetaData {
  const ending = bytes.read(Math.max(0, bytes.length - tail), Math.min(tail, bytes.length))
  const length = ending.length < tail ? 0 : new DataView(ending.buffer).getUint32(0, true)
  const start = Math.max(0, bytes.length - tail - length)
  return parquetMetadata(bytes.read(start, bytes.length - start))
}
