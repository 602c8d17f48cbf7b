import Type, { type Static } from 'typebox'

/** Plain data: what a manifest can hold and what two runs can compare. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export const Json = Type.Unsafe<Json>({})

export const JsonObject = Type.Record(Type.String(), Json)
export type JsonObject = Static<typeof JsonObject>

/** The value that a text is in JSON; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)

/**
 * A number as it was written, where JavaScript's own would lose something of it: a digit, a last zero, its sign. It is
 * a String object, because these pass from thread to thread: `String(…)` is its text, `Number(…)` what it is worth.
 */
export type WrittenNumber = InstanceType<typeof String>

/** A number of this text: a plain one where that is written the same and no integer beyond 2^53. */
export function writtenNumber(text: string): number | WrittenNumber {
  const number = Number(text)
  const isExact = Number.isSafeInteger(number) || !Number.isInteger(number)
  return isExact && String(number) === text ? number : Object(text)
}

export const isWrittenNumber = (value: unknown): value is WrittenNumber => value instanceof String

/** Every text in plain data, keys aside. */
export function textsIn(data: unknown): string[] {
  if (typeof data === 'string') return [data]
  return data !== null && typeof data === 'object' ? Object.values(data).flatMap(textsIn) : []
}
