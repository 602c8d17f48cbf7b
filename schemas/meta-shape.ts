import { isObject, type Json, type JsonObject } from './json.ts'

/** What a field of `meta` is in every row that has it; `json` where it is not flat, or not the same everywhere. */
export type MetaKind = 'text' | 'flag' | 'integer' | 'number' | 'json'

/** The fields of `meta` over all rows; null where they cannot be columns, and `meta` is JSON text as a whole. */
export type MetaShape = ReadonlyMap<string, MetaKind> | null

/** More fields than people name by hand are names that rows made up. */
const mostFields = 64

/** Looks at the `meta` of every row. */
export async function metaShape(metas: AsyncIterable<JsonObject>): Promise<MetaShape> {
  const kinds = new Map<string, MetaKind | undefined>()
  for await (const meta of metas) {
    for (const [name, value] of Object.entries(meta)) kinds.set(name, both(kinds.get(name), kindOf(value)))
    if (kinds.size > mostFields) return null
  }
  const names = [...kinds.keys()].sort()
  const distinct = new Set(names.map(name => name.toLowerCase())).size === names.length
  if (names.length === 0 || !distinct || !names.every(isName)) return null
  return new Map(names.map(name => [name, kinds.get(name) ?? 'text']))
}

/** Undefined for null, which goes with everything. */
function kindOf(value: Json): MetaKind | undefined {
  if (value === null) return undefined
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'flag'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return 'json'
}

function both(one: MetaKind | undefined, other: MetaKind | undefined): MetaKind | undefined {
  if (one === undefined || one === other) return other
  if (other === undefined) return one
  return isNumeric(one) && isNumeric(other) ? 'number' : 'json'
}

const isNumeric = (kind: MetaKind) => kind === 'integer' || kind === 'number'

/** `datasets` takes a field `_type` for the name of a type. */
const isName = (name: string) => /^[^\p{Cc}<]{1,100}$/u.test(name) && name.isWellFormed() && name !== '_type'

/** A row from a store may be without one. */
export const metaOfTask = (task: unknown): JsonObject =>
  isObject(task) && isObject(task.meta) ? (task.meta as JsonObject) : {}
