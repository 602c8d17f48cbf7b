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
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every text in plain data, keys aside. */
export function textsIn(data: unknown): string[] {
  if (typeof data === 'string') return [data]
  return data !== null && typeof data === 'object' ? Object.values(data).flatMap(textsIn) : []
}
