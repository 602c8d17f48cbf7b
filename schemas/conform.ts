import type { Static, TSchema } from 'typebox'
import { isObject } from './json.ts'

/** The keywords that the schemas of records use. */
interface Keywords {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Keywords[]
  items?: Keywords
  properties?: Record<string, Keywords>
  required?: readonly string[]
  patternProperties?: Record<string, Keywords>
  pattern?: string
  minimum?: number
}

/**
 * As much of a value as fits a schema, in its types: what must be there and is not is blank, what a list cannot hold is
 * left out. Lengths are not looked at. Undefined where something is missing that has no blank. It is for reading what
 * is wrong, never for what is to be kept.
 */
export const conformed = <S extends TSchema>(schema: S, value: unknown): Static<S> | undefined =>
  filled(schema as Keywords, value) as Static<S> | undefined

const filled = (schema: Keywords, value: unknown): unknown => fitting(schema, value) ?? blankOf(schema)

/** Undefined where nothing of the value fits. */
function fitting(schema: Keywords, value: unknown): unknown {
  const { type, anyOf, items = {} } = schema
  if (anyOf) return fittingOne(anyOf, value)
  if ('const' in schema) return value === schema.const ? value : undefined
  if (schema.enum) return schema.enum.includes(value) ? value : undefined
  if (type === 'object') return isObject(value) ? fieldsOf(schema, value) : undefined
  if (type === 'array') return Array.isArray(value) ? fittingItems(items, value) : undefined
  return scalar(schema, value)
}

/** Which of several shapes a value is to have, its constants tell. */
const fittingOne = (shapes: readonly Keywords[], value: unknown): unknown =>
  shapes
    .filter(({ properties = {} }) =>
      Object.entries(properties).every(
        ([name, field]) => !('const' in field) || (isObject(value) && value[name] === field.const),
      ),
    )
    .map(shape => fitting(shape, value))
    .find(found => found !== undefined)

const fittingItems = (items: Keywords, values: readonly unknown[]): unknown[] =>
  values.map(value => fitting(items, value)).filter(value => value !== undefined)

function fieldsOf(schema: Keywords, value: Record<string, unknown>): object | undefined {
  const { properties = {}, required = [], patternProperties = {} } = schema
  const [every] = Object.values(patternProperties)
  if (every)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(every, each)]))
  const fields: [string, unknown][] = Object.entries(properties).map(([name, field]) => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    return [name, required.includes(name) ? filled(field, given) : fitting(field, given)]
  })
  const known = new Map(fields.filter(([, field]) => field !== undefined))
  return required.every(name => known.has(name)) ? Object.fromEntries(known) : undefined
}

function scalar({ type, pattern, minimum = Number.MIN_SAFE_INTEGER }: Keywords, value: unknown): unknown {
  if (type === undefined) return value
  if (type === 'null') return value === null ? null : undefined
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (type === 'integer' || type === 'number')
    return isNumber(type, value) && value >= minimum ? value : undefined
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && (pattern === undefined || new RegExp(pattern).test(text))
    ? text
    : undefined
}

const isNumber = (type: string, value: unknown): value is number =>
  type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)

function blankOf(schema: Keywords): unknown {
  const { type, anyOf, minimum = 0 } = schema
  if (anyOf) return anyOf.some(one => one.type === 'null') ? null : blankOf(anyOf.at(-1) ?? {})
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  if (type === 'object') return fieldsOf(schema, {})
  if (type === 'array') return []
  if (type === 'boolean') return false
  if (type === 'string') return schema.pattern === undefined ? '' : undefined
  return type === 'integer' || type === 'number' ? minimum : null
}
