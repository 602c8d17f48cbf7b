import { isObject, type Json, type JsonObject } from '../schemas/json.ts'
import { shortened } from '../schemas/shortened.ts'

/** A value is not of the kind its field needs; the message says what it is and what to do. */
export class ValueError extends Error {
  override name = 'ValueError'
}

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return 'binary'
  if (value instanceof Date) return 'a date'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'a string' : shortened(String(value))
}

export const refuse = (value: unknown, wanted: string): never => {
  throw new ValueError(`is ${kindOf(value)}, not ${wanted}; correct the row or map another field`)
}

/** Text as it is; a missing one is empty, which intake refuses in its own words. */
export const textValue = (value: unknown): string =>
  value === null ? '' : typeof value === 'string' ? value : refuse(value, 'text')

/** Text, or a number or a truth value written as text. */
export function scalarText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new ValueError(`is ${value}; correct the row`)
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new ValueError('is an integer too large to be read exactly; write it as text')
  }
  const plain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  return plain ? String(value) : textValue(value)
}

export function toleranceOf(value: unknown): number | null {
  if (value === null) return null
  const number = Number(typeof value === 'bigint' ? value : typeof value === 'number' ? value : Number.NaN)
  return number >= 0 && number <= 1 ? number : refuse(value, 'a number from 0 to 1')
}

export function objectOf(value: unknown): JsonObject {
  if (value === null) return {}
  const plain = plainOf(value)
  return isObject(plain) ? plain : refuse(value, "an object; for single fields write meta: ['field', …]")
}

/** A column's value as JSON: dates in ISO 8601, large integers as text, NaN as null. Refuses binary. */
export function plainOf(value: unknown): Json {
  if (value instanceof Uint8Array)
    throw new ValueError("is binary; set rest: 'ignore' or do not map it to meta")
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as Iterable<unknown>, plainOf)
  if (value === null || typeof value !== 'object') return null
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]))
}
