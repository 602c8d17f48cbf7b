import { shortened } from '../schemas/input-error.ts'
import type { JsonObject } from '../schemas/json.ts'
import { AnswerType, type Origin } from '../schemas/task.ts'
import { type AnswerIs, answerAmong, answersAmong, choicesOf } from './choices.ts'
import { objectOf, plainOf, scalarText, textValue, toleranceOf, ValueError } from './field-values.ts'
import {
  type Fields,
  fieldValue,
  mappedColumns,
  type Row,
  type TableOptions,
  unmapped,
  valueAt,
} from './fields.ts'
import { type Wording, withoutPlaceholders } from './image-placeholders.ts'
import { holdsNoImage, type ImageFolder, imagesOf } from './image-values.ts'
import { sourceOf, type Take } from './row-source.ts'
import type { Problem, TaskDraft } from './source.ts'

/** Where a row stands: `place` for errors, `folder` for relative image paths, `id` where none is mapped. */
export interface Position {
  place: string
  folder: ImageFolder
  id: string
  origin: Origin
}

type Single = Exclude<keyof Fields, 'meta'>

/** A row as a task, or everything that is wrong with its values. */
export function draftOf(row: Row, at: Position, options: TableOptions): TaskDraft | Problem[] {
  const { fields } = options
  const problems: Problem[] = []
  const take: Take = (name, read, otherwise) => {
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
  const images = field('images', value => imagesOf(filled(value, options), at.place, at.folder), [])
  const read: Wording = { question: field('question', textValue, ''), choices }
  const isPlain = options.placeholders === 'keep' || problems.length > 0
  const asked = isPlain ? read : take('question', () => withoutPlaceholders(read, images.length), read)
  const type = field('answerType', value => answerType(value, choices), answerType(null, choices))
  const meant = field('answer', value => meaningOf(value, choices, type, options.answerIs), [])
  const draft: TaskDraft = {
    place: at.place,
    id: field('id', scalarText, at.id),
    ...asked,
    images,
    ...(mayLack(options) && images.length === 0 && { wordsAlone: true }),
    answer: meant.map(each => (typeof each === 'number' ? (asked.choices?.[each] ?? '') : each)).join('; '),
    answerType: type,
    tolerance: field('tolerance', toleranceOf, null),
    category: field('category', scalarText, '') || 'default',
    source: sourceOf(row, options.source, take),
    meta: take('meta', () => metaOf(row, options), {}),
    origin: at.origin,
    ...(asked !== read && { changed: [hadPlaceholders] }),
  }
  return problems.length > 0 ? problems : draft
}

const mayLack = ({ fields, images }: TableOptions): boolean =>
  fields.images === undefined || images === 'optional'

/** The places of the choices that an answer means, or its text. */
function meaningOf(
  value: unknown,
  choices: string[] | null,
  type: AnswerType,
  answerIs: AnswerIs | undefined,
): (number | string)[] {
  if (type === 'set') return answersAmong(value, choices ?? [], choices ? answerIs : undefined)
  return [choices ? answerAmong(value, choices, answerIs) : scalarText(value)]
}

/** Of several columns some may hold no image, and some a list. */
function filled(value: unknown, options: TableOptions): unknown {
  if (mayLack(options) && holdsNoImage(value)) return null
  return Array.isArray(options.fields.images) && Array.isArray(value)
    ? value.flat().filter(each => each !== null)
    : value
}

const hadPlaceholders =
  'had marks of images such as <image>: they are left out, and within a sentence read "image 1"'

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

function metaOf(row: Row, options: TableOptions): JsonObject {
  const { rest } = options
  const { meta } = options.fields
  const columns = mappedColumns(options).map(({ column }) => column)
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
