import { type FileMetaData, parquetMetadataAsync, parquetSchema } from 'hyparquet'
import type { FilePart, PartsOf } from '../remote/columns.ts'
import { startOf, wantedColumns } from './chunks.ts'

/** Bytes of the file's mark, at both its ends, and of what stands behind the footer: its length and the mark. */
const [mark, tail] = [4, 8]
/** Some writers do not count a column's first header among its bytes. */
const slack = 1024
/** A footer that is larger is left to the reader. */
const mostFooter = 2 ** 28

/**
 * Finds out which parts of a Parquet file hold these columns, with the footer that says so. Null where one is not
 * there, because then all are to be named, and where there is no such footer, which the reader will say.
 */
export const partsWith =
  (columns: string[]): PartsOf =>
  async (size, read) => {
    let fault: unknown
    async function slice(start: number, end = size) {
      if (end - start > mostFooter) throw new Error('a footer of that size is not read')
      const bytes = await read(start, end).catch(error => {
        fault = error
        throw error
      })
      return Uint8Array.from(bytes).buffer
    }
    const metadata = await parquetMetadataAsync({ byteLength: size, slice }).catch(() => null)
    if (fault !== undefined) throw fault
    return metadata && partsIn(metadata, columns, size)
  }

function partsIn(metadata: FileMetaData, columns: string[], size: number): FilePart[] | null {
  const root = parquetSchema(metadata)
  const names = new Set(wantedColumns(root, columns).map(({ element }) => element.name))
  if (names.size === root.children.length) return null
  const parts = metadata.row_groups
    .flatMap(group => group.columns.flatMap(({ meta_data }) => meta_data ?? []))
    .filter(({ path_in_schema: [top = ''] }) => names.has(top))
    .map((chunk): FilePart => {
      const start = startOf(chunk)
      return { start, end: start + Number(chunk.total_compressed_size) + slack }
    })
  return [{ start: 0, end: mark }, ...parts, { start: size - tail - metadata.metadata_length, end: size }]
}
