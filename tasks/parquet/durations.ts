import { Duration } from 'apache-arrow/fb/duration'
import type { Field } from 'apache-arrow/fb/field'
import { Message } from 'apache-arrow/fb/message'
import { Schema } from 'apache-arrow/fb/schema'
import { Type } from 'apache-arrow/fb/type'
import { ByteBuffer } from 'flatbuffers'
import type { FileMetaData, SchemaTree } from 'hyparquet'
import type { DurationUnit } from './values.ts'

/** As Arrow numbers them. */
const units: DurationUnit[] = ['SECONDS', 'MILLIS', 'MICROS', 'NANOS']

/**
 * The columns that are lengths of time. Parquet has them as plain integers; what they are stands in the schema that
 * Arrow's writers put beside (https://arrow.apache.org/docs/cpp/parquet.html#serialization-details).
 */
export function durationsIn(root: SchemaTree, metadata: FileMetaData): Map<SchemaTree, DurationUnit> {
  const fields = new Map(fieldsOf(metadata).map(field => [field.name(), field]))
  const found = root.children.flatMap(column => {
    const field = fields.get(column.element.name)
    const parts = field ? leafFields(field) : []
    const leaves = leavesOf(column)
    // Where the two schemas do not agree on a column, nothing is known of it.
    return parts.length === leaves.length ? leaves.map((leaf, index) => ({ leaf, field: parts[index] })) : []
  })
  return new Map(found.flatMap(({ leaf, field }) => unitOf(leaf, field)))
}

function unitOf(leaf: SchemaTree, field: Field | undefined): [SchemaTree, DurationUnit][] {
  if (field?.typeType() !== Type.Duration) return []
  const unit = units[field.type(new Duration()).unit()]
  return unit ? [[leaf, unit]] : []
}

function fieldsOf({ key_value_metadata: kept }: FileMetaData): Field[] {
  const text = kept?.find(({ key }) => key === 'ARROW:schema')?.value
  if (text === undefined) return []
  // A mark of four bytes and a length of four come first.
  const message = Message.getRootAsMessage(new ByteBuffer(Buffer.from(text, 'base64').subarray(8)))
  const schema: Schema = message.header(new Schema())
  return listed(schema.fieldsLength(), index => schema.fields(index))
}

function leafFields(field: Field): Field[] {
  const children = listed(field.childrenLength(), index => field.children(index))
  return children.length === 0 ? [field] : children.flatMap(leafFields)
}

const leavesOf = (tree: SchemaTree): SchemaTree[] =>
  tree.children.length === 0 ? [tree] : tree.children.flatMap(leavesOf)

const listed = (length: number, at: (index: number) => Field | null): Field[] =>
  Array.from({ length }, (_, index) => at(index)).filter(field => field !== null)
