import { Bool, type DataType, Float64, Int32, Int64, List, type Schema, Struct } from 'apache-arrow'
import type { ParquetRow, ParquetValue } from './columns.ts'

/**
 * Bytes that a row takes in Arrow's memory, which is what `datasets` counts as the size of a data set: of a text, a
 * list or bytes also where it begins.
 */
export const arrowBytes = ({ fields }: Pick<Schema, 'fields'>, row: ParquetRow): number =>
  fields.reduce((sum, { name, type }) => sum + bytesOf(type, row[name] ?? null), 0)

const beginning = 4

function bytesOf(type: DataType, value: ParquetValue): number {
  if (type instanceof Bool) return 1 / 8
  if (type instanceof Int32) return 4
  if (type instanceof Int64 || type instanceof Float64) return 8
  if (type instanceof Struct) return arrowBytes({ fields: type.children }, fieldsOf(value))
  if (type instanceof List)
    return itemsOf(value).reduce<number>((sum, item) => sum + bytesOf(type.valueType, item), beginning)
  if (value instanceof Uint8Array) return beginning + value.length
  return beginning + (typeof value === 'string' ? Buffer.byteLength(value) : 0)
}

const itemsOf = (value: ParquetValue): ParquetValue[] => (Array.isArray(value) ? value : [])

/** A struct that is null has its fields nonetheless. */
const fieldsOf = (value: ParquetValue): ParquetRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? value
    : {}
