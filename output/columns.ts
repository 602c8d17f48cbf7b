import {
  Binary,
  Bool,
  type DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  type Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import type { SchemaElement } from 'hyparquet'
import type { Json } from '../schemas/json.ts'

/** Makes an export's `schema` (https://arrow.apache.org/js), so an export's author need not install it. */
export { Schema } from 'apache-arrow'

/** A value of a column. Integers of 64 bits are bigint, so that none is rounded on its way. */
export type ParquetValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | ParquetValue[]
  | { [name: string]: ParquetValue }
export type ParquetRow = Record<string, ParquetValue>

export const text = (name: string): Field => new Field(name, new Utf8(), true)
export const integer = (name: string): Field => new Field(name, new Int64(), true)
export const decimal = (name: string): Field => new Field(name, new Float64(), true)
/** Of 32 bits, which readers in browsers take for a plain number. */
export const int32 = (name: string): Field => new Field(name, new Int32(), true)
export const flag = (name: string): Field => new Field(name, new Bool(), true)
export const struct = (name: string, fields: Field[]): Field => new Field(name, new Struct(fields), true)
export const list = (name: string, of: DataType): Field =>
  new Field(name, new List(new Field('element', of, true)), true)

/**
 * The same column, of which a row may say something else without being made anew. In a shard such columns lie apart, so
 * that all else stays where it is.
 */
export const changeable = ({ name, type, nullable, metadata }: Field): Field =>
  new Field(name, type, nullable, new Map([...metadata, ['changing', 'true']]))

export const isChangeable = ({ metadata }: Field): boolean => metadata.get('changing') === 'true'

/**
 * The column `images`: `list<struct<bytes, path>>`, in this order and nullable throughout, because Hugging Face
 * `datasets` takes no other shape for images. `decode: false` is for trainers that map over the rows: a decoded JPEG
 * would be encoded again there.
 */
export function images({ decode }: { decode: boolean }): Field {
  const type = new Struct([new Field('bytes', new Binary(), true), text('path')])
  const metadata = new Map([['decode', String(decode)]])
  return new Field('images', new List(new Field('element', type, true, metadata)), true)
}

const isImage = ({ type }: Field): boolean =>
  type instanceof Struct &&
  type.children.map(({ name, type }) => `${name} ${type}`).join() === 'bytes Binary,path Utf8'

const isDecoded = ({ metadata }: Field): boolean => metadata.get('decode') !== 'false'

/** Whether images lie anywhere in a column: its bytes are compressed already. */
export const holdsImages = (field: Field): boolean =>
  isImage(field) || (field.type.children ?? []).some((child: Field) => holdsImages(child))

/** Parquet's schema elements of an Arrow schema, depth first. Everything is optional, lists have three levels. */
export const parquetSchema = (schema: Schema): SchemaElement[] => [
  { name: 'root', num_children: schema.fields.length },
  ...schema.fields.flatMap(parquetElements),
]

function parquetElements({ name, type }: Field): SchemaElement[] {
  const optional = { name, repetition_type: 'OPTIONAL' } as const
  if (type instanceof Utf8) return [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }]
  if (type instanceof Binary) return [{ ...optional, type: 'BYTE_ARRAY' }]
  if (type instanceof Bool) return [{ ...optional, type: 'BOOLEAN' }]
  if (type instanceof Int32) return [{ ...optional, type: 'INT32' }]
  if (type instanceof Int64) return [{ ...optional, type: 'INT64' }]
  if (type instanceof Float64) return [{ ...optional, type: 'DOUBLE' }]
  const children: Field[] = type.children ?? []
  const below = children.flatMap(parquetElements)
  if (type instanceof Struct) return [{ ...optional, num_children: children.length }, ...below]
  if (!(type instanceof List))
    throw new TypeError(`column ${name}: ${type} is not among the types of a shard`)
  const repeated = { name: 'list', repetition_type: 'REPEATED', num_children: 1 } as const
  return [{ ...optional, converted_type: 'LIST', num_children: 1 }, repeated, ...below]
}

/**
 * The features that Hugging Face `datasets` reads from the footer key `huggingface`, in the spelling that its versions
 * 2 to 5 all take (`[…]` for a list).
 */
export const footerFeatures = (schema: Schema): Json => ({
  info: { features: Object.fromEntries(schema.fields.map(field => [field.name, footerFeature(field)])) },
})

function footerFeature(field: Field): Json {
  const children: Field[] = field.type.children ?? []
  if (isImage(field)) return isDecoded(field) ? { _type: 'Image' } : { decode: false, _type: 'Image' }
  if (field.type instanceof List) return children.map(footerFeature)
  if (field.type instanceof Struct) {
    return Object.fromEntries(children.map(child => [child.name, footerFeature(child)]))
  }
  return { dtype: dtype(field), _type: 'Value' }
}

/** The same features as a dataset card writes them, in the spelling that versions 2 to 5 all take. */
export const cardFeatures = (schema: Schema): Json[] =>
  schema.fields.map(field => ({ name: field.name, ...cardFeature(field) }))

function cardFeature(field: Field): { [key: string]: Json } {
  const children: Field[] = field.type.children ?? []
  if (field.type instanceof Struct) return { struct: children.map(named) }
  const [element] = children
  if (!element) return { dtype: dtype(field) }
  if (isImage(element)) return { sequence: isDecoded(element) ? 'image' : { image: { decode: false } } }
  return element.type instanceof Struct
    ? { list: element.type.children.map(named) }
    : { sequence: dtype(element) }
}

const named = (field: Field): Json => ({ name: field.name, ...cardFeature(field) })

function dtype({ type }: Field): string {
  if (type instanceof Utf8) return 'string'
  if (type instanceof Bool) return 'bool'
  if (type instanceof Int32) return 'int32'
  if (type instanceof Int64) return 'int64'
  if (type instanceof Float64) return 'float64'
  return 'binary'
}
