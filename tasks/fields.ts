import Type, { type Static } from 'typebox'
import { shortened } from '../schemas/input-error.ts'
import { isObject, isWrittenNumber, Json } from '../schemas/json.ts'
import { AnswerIs } from './choices.ts'
import { known } from './field-values.ts'
import { PictureChoices } from './source.ts'

const closed = { additionalProperties: false }
const Column = Type.String({ minLength: 1 })

const FromColumn = Type.Object(
  { field: Column, values: Type.Optional(Type.Record(Type.String(), Type.String())) },
  closed,
)

/** A column (dotted for a nested one), the same with some values translated, or one value for every row. */
export const Field = Type.Union([Column, FromColumn, Type.Object({ value: Json }, closed)])
export type Field = Static<typeof Field>

/** The same, or the columns whose values make a list, in order. */
export const Columns = Type.Union([Field, Type.Array(Column, { minItems: 2 })])
export type Columns = Static<typeof Columns>

/**
 * Which column holds what. Without a mapping, the id is the file's name and the row, the answer type `choice` or
 * `text` by whether there are choices, the category `default`, the tolerance none.
 */
export const Fields = Type.Object(
  {
    id: Type.Optional(Field),
    question: Field,
    /** Left out where all questions are words alone. */
    images: Type.Optional(Columns),
    answer: Field,
    choices: Type.Optional(Columns),
    answerType: Type.Optional(Field),
    category: Type.Optional(Field),
    tolerance: Type.Optional(Field),
    /** A column that holds an object, or the columns to keep under their own names. */
    meta: Type.Optional(Type.Union([Column, Type.Array(Column)])),
  },
  closed,
)
export type Fields = Static<typeof Fields>

const SourceField = Type.Union([Column, FromColumn])
export type SourceField = Static<typeof SourceField>

/** Each is the same for all rows, or in a column. A row without a licence there has the licence `unknown`. */
const SourceFields = Type.Object(
  { name: SourceField, licence: SourceField, url: Type.Optional(Type.Union([Type.String(), FromColumn])) },
  closed,
)

export const TableOptions = Type.Object(
  {
    fields: Fields,
    /** Where the rows come from and under which licence: it goes into every row that is made of them. */
    source: SourceFields,
    /** What becomes of columns that `fields` does not name. */
    rest: Type.Optional(Type.Enum(['refuse', 'meta', 'ignore'])),
    /** Whether a row may have no image. Otherwise one that has none is taken for one that lost it, and refused. */
    images: Type.Optional(Type.Enum(['optional'])),
    /** Leaves marks such as `<image>` in questions and choices, which are otherwise taken for the row's images. */
    placeholders: Type.Optional(Type.Enum(['keep'])),
    answerIs: Type.Optional(AnswerIs),
    pictures: Type.Optional(PictureChoices),
  },
  closed,
)
export type TableOptions = Static<typeof TableOptions>

export type Row = Record<string, unknown>

/**
 * The value under a column's name or dotted path, or why it cannot be read; undefined where the row does not have it. A
 * path through a list goes by index, as in `turns.0.text`, or else to all its items, as in `choices.text`.
 */
export function valueAt(row: Row, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column] ?? null
  const value = column.split('.').reduce<unknown>(inside, row)
  return value === undefined ? undefined : (value ?? null)
}

function inside(value: unknown, step: string): unknown {
  if (value instanceof Error) return value
  if (Array.isArray(value) && !/^\d+$/.test(step)) {
    const items = value.map(item => inside(item, step))
    return items.length > 0 && items.every(item => item === undefined)
      ? undefined
      : items.map(item => item ?? null)
  }
  if (!isObject(value) && !Array.isArray(value)) return undefined
  return Object.hasOwn(value, step) ? ((value as Row)[step] ?? null) : undefined
}

/**
 * What a row holds for a field: undefined where its column is not there, null where it is empty. Throws ValueError
 * where it cannot be read.
 */
export function fieldValue(row: Row, field: Columns): unknown {
  if (typeof field === 'string') return known(valueAt(row, field))
  if (Array.isArray(field)) return field.map(column => known(valueAt(row, column)) ?? null)
  if ('value' in field) return field.value
  const value = known(valueAt(row, field.field))
  // A number is also known by its plainest text: `values` says 1, and the row 1.0.
  const keys = isWrittenNumber(value) ? [String(value), String(Number(value))] : [String(value)]
  const key = keys.find(each => Object.hasOwn(field.values ?? {}, each))
  return key === undefined ? value : field.values?.[key]
}

/** The column a field is read from; null for a constant. */
export const columnOf = (field: Field): string | null =>
  typeof field === 'string' ? field : 'field' in field ? field.field : null

/** A column that is mapped, and the field that names it: by itself, or as one of several. */
export interface Mapped {
  name: string
  column: string
  alone: boolean
}

/** Every column that is mapped. */
export const mappedColumns = ({ fields, source }: TableOptions): Mapped[] => [
  ...Object.entries(fields).flatMap(([name, field]): Mapped[] => {
    if (Array.isArray(field)) return field.map(column => ({ name, column, alone: false }))
    const column = columnOf(field)
    return column === null ? [] : [{ name, column, alone: true }]
  }),
  ...Object.entries(source).flatMap(([name, field]): Mapped[] =>
    typeof field === 'string' ? [] : [{ name: `source.${name}`, column: field.field, alone: true }],
  ),
]

/** The top-level columns of a row that no field names. */
export function unmapped(row: Row, columns: readonly string[]): string[] {
  const used = new Set(columns.map(column => (Object.hasOwn(row, column) ? column : column.split('.', 1)[0])))
  return Object.keys(row).filter(name => !used.has(name))
}

/** The names a row has, for people. */
export const namedFields = (names: readonly string[]): string =>
  `the fields are ${shortened(names.slice(0, 30).join(', '), 500)}`
