import type { JsonObject } from '../schemas/json.ts'
import { shortened } from '../schemas/shortened.ts'
import { AnswerType } from '../schemas/task.ts'
import {
  choicesOf,
  objectOf,
  plainOf,
  scalarText,
  textValue,
  toleranceOf,
  ValueError,
} from './field-values.ts'
import {
  type Fields,
  fieldValue,
  mappedColumns,
  type Row,
  type TableOptions,
  unmapped,
  valueAt,
} from './fields.ts'
import { imagesOf } from './image-values.ts'
import type { Problem, TaskDraft } from './source.ts'

/** Where a row stands: `place` for errors, `folder` for relative image paths, `id` where none is mapped. */
export interface Position {
  place: string
  folder: string
  id: string
}

type Single = Exclude<keyof Fields, 'meta'>

/** A row as a task, or everything that is wrong with its values. */
export function draftOf(row: Row, at: Position, options: TableOptions): TaskDraft | Problem[] {
  const { fields } = options
  const problems: Problem[] = []
  const take = <T>(name: string, read: () => T, otherwise: T): T => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      problems.push({ place: at.place, problem: `${name}: ${error.message}` })
      return otherwise
    }
  }
  const field = <T>(name: Single, convert: (value: unknown) => T, otherwise: T): T => {
    const mapped = fields[name]
    return mapped === undefined
      ? otherwise
      : take(name, () => convert(fieldValue(row, mapped) ?? null), otherwise)
  }
  const choices = field('choices', choicesOf, null)
  const draft: TaskDraft = {
    place: at.place,
    id: field('id', scalarText, at.id),
    question: field('question', textValue, ''),
    images: field('images', value => imagesOf(value, at.place, at.folder), []),
    choices,
    answer: chosen(field('answer', scalarText, ''), choices),
    answerType: field('answerType', value => answerType(value, choices), answerType(null, choices)),
    tolerance: field('tolerance', toleranceOf, null),
    category: field('category', scalarText, '') || 'default',
    source: options.source,
    meta: take('meta', () => metaOf(row, options), {}),
  }
  return problems.length > 0 ? problems : draft
}

/** A letter that is not itself an option stands for the option at its place in the alphabet. */
function chosen(answer: string, choices: string[] | null): string {
  if (choices === null || choices.includes(answer) || !/^[A-Z]$/.test(answer)) return answer
  return choices[answer.charCodeAt(0) - 'A'.charCodeAt(0)] ?? answer
}

const isAnswerType = (value: unknown): value is AnswerType =>
  typeof value === 'string' && AnswerType.enum.some(type => type === value)

function answerType(value: unknown, choices: string[] | null): AnswerType {
  if (value === null) return choices ? 'choice' : 'text'
  if (isAnswerType(value)) return value
  const given = shortened(JSON.stringify(plainOf(value)))
  const key = shortened(JSON.stringify(String(value)))
  throw new ValueError(
    `is ${given}, not one of ${AnswerType.enum.join(', ')}; translate it: ` +
      `answerType: { field: '…', values: { ${key}: 'text' } }`,
  )
}

function metaOf(row: Row, { fields, rest }: TableOptions): JsonObject {
  const { meta } = fields
  const columns = mappedColumns(fields).map(({ column }) => column)
  const kept = Array.isArray(meta) ? meta : []
  return {
    ...(typeof meta === 'string' ? objectOf(valueAt(row, meta) ?? null) : {}),
    ...columnsOf(row, kept),
    ...(rest === 'meta' ? columnsOf(row, unmapped(row, columns)) : {}),
  }
}

const columnsOf = (row: Row, columns: readonly string[]): JsonObject =>
  Object.fromEntries(columns.map(column => [column, named(column, () => plainOf(valueAt(row, column)))]))

function named<T>(column: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ValueError ? new ValueError(`${shortened(column)} ${error.message}`) : error
  }
}
