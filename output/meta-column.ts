import { Field, type Schema, Utf8 } from 'apache-arrow'
import type { Guard } from '../prompts/markers.ts'
import { canonicalJson } from '../schemas/hash.ts'
import type { Json, JsonObject } from '../schemas/json.ts'
import type { MetaKind, MetaShape } from '../schemas/meta-shape.ts'
import { decimal, flag, integer, type ParquetValue, struct, text } from './columns.ts'

/** The column `meta`, where all rows together have that shape. */
export const metaColumn = (shape: MetaShape): Field =>
  shape === null ? text('meta') : struct('meta', [...shape].map(fieldOf))

function fieldOf([name, kind]: [string, MetaKind]): Field {
  if (kind === 'flag') return flag(name)
  if (kind === 'integer') return integer(name)
  if (kind === 'number') return decimal(name)
  return new Field(name, new Utf8(), true, new Map(kind === 'json' ? [['json', 'true']] : []))
}

/** A row's `meta` as that column holds it. A field that the row does not have is null. */
export function metaValue(meta: JsonObject, shape: MetaShape, safe: Guard): ParquetValue {
  if (shape === null) return safe.json(canonicalJson(meta))
  return Object.fromEntries([...shape].map(([name, kind]) => [name, fieldValue(meta[name], kind, safe)]))
}

function fieldValue(value: Json | undefined, kind: MetaKind, safe: Guard): ParquetValue {
  if (value === undefined || value === null) return null
  if (kind === 'json') return safe.json(canonicalJson(value))
  if (typeof value === 'string') return safe.text(value)
  return kind === 'integer' ? BigInt(Number(value)) : (value as boolean | number)
}

/** The fields of `meta` that hold JSON, for readers who cannot see that by the type. */
export const jsonFields = ({ fields }: Schema): string[] =>
  fields
    .filter(({ name }) => name === 'meta')
    .flatMap(({ type }): Field[] => type.children ?? [])
    .filter(({ metadata }) => metadata.get('json') === 'true')
    .map(({ name }) => name)
