import { Decimal } from 'decimal.js'
import { shortened } from '../schemas/input-error.ts'
import { isObject, isWrittenNumber, type Json, type JsonObject } from '../schemas/json.ts'

/** A value is not of the kind its field needs; the message says what it is and what to do. */
export class ValueError extends Error {
  override name = 'ValueError'
}

/** A value, unless it could not be read: then it is an Error that says why. */
export function known(value: unknown): unknown {
  if (value instanceof Error) throw new ValueError(value.message)
  return value
}

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return 'binary'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return typeof value === 'string' ? 'a string' : shortened(String(value))
}

export const refuse = (value: unknown, wanted: string): never => {
  throw new ValueError(`is ${kindOf(value)}, not ${wanted}; correct the row or map another field`)
}

/** Text as it is; a missing one is empty, which intake refuses in its own words. */
export const textValue = (value: unknown): string =>
  value === null ? '' : typeof value === 'string' ? value : refuse(value, 'text')

/** Text, a truth value written as text, or a number as it is written. */
export function scalarText(value: unknown): string {
  if (isWrittenNumber(value)) return String(value)
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
  const isNumber = typeof value === 'bigint' || typeof value === 'number' || isWrittenNumber(value)
  const number = isNumber ? Number(value) : Number.NaN
  return number >= 0 && number <= 1 ? number : refuse(value, 'a number from 0 to 1')
}

export function objectOf(value: unknown): JsonObject {
  if (value === null) return {}
  const plain = plainOf(value)
  return isObject(plain) ? plain : refuse(value, "an object; for single fields write meta: ['field', …]")
}

/**
 * A column's value as JSON. A number that other readers of JSON would take for another one is its text: an integer
 * beyond 2^53, more digits than a double holds, minus zero, NaN, infinity. Refuses binary.
 */
export function plainOf(value: unknown): Json {
  if (value instanceof Uint8Array)
    throw new ValueError("is binary; set rest: 'ignore' or do not map it to meta")
  known(value)
  if (typeof value === 'bigint' || isWrittenNumber(value)) return numberOrText(String(value))
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(plainOf)
  if (value === null || typeof value !== 'object') return null
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]))
}

function numberOrText(text: string): number | string {
  const number = Number(text)
  if (!Number.isFinite(number) || Object.is(number, -0)) return text
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return text
  return new Decimal(text).equals(String(number)) ? number : text
}
