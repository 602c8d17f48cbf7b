import Type, { type Static } from 'typebox'

/** Plain data: what a manifest can hold and what two runs can compare. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export const Json = Type.Unsafe<Json>({})

export const JsonObject = Type.Record(Type.String(), Json)
export type JsonObject = Static<typeof JsonObject>
