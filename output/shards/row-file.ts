import type { ParquetRow, ParquetValue } from '../columns.ts'

/** A file of rows while it is written. A row's `bytes` are those of its values. */
export interface RowFile {
  /** Write what has to lie there before a row of so many bytes, and tell how many the file has with it, about. */
  bytesWith(bytes: number): number
  add(row: ParquetRow, bytes: number): Promise<void>
  /** Rows of another kind come next. */
  endKind(): void
  finish(): void
}

/** Bytes of all values, before compression. */
export function valueBytes(value: ParquetValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + valueBytes(item), 0)
  if (typeof value !== 'object' || value === null) return 8
  return Object.values(value).reduce<number>((sum, item) => sum + valueBytes(item), 0)
}
