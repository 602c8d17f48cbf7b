import Type, { type TSchema } from 'typebox'
import { promptFrom } from '../../prompts/prompt.ts'
import type { Teacher } from '../../teachers/teacher.ts'

const named = { name: 'x', options: {}, version: 1 }

export const teacher: Teacher = {
  name: 'x',
  options: {},
  samples: 1,
  ask: () => Promise.reject(new Error('nobody is to be asked')),
}

/** One of each kind of thing that an option may be, by what its kind is called. */
const things: Record<string, object> = {
  'a teacher': teacher,
  'a prompt': promptFrom('x', 'Judge.'),
  'a task source': { ...named, read() {} },
  'rows of text': { ...named, source: {}, read() {} },
  'a sandbox': { ...named, limits: {}, describe() {}, open() {} },
  'a tool': { ...named, description: '', args: {}, run() {} },
  'a text search': { ...named, search() {} },
  'an image search': { ...named, byImage() {} },
  'a leak guard': { ...named, judge() {} },
  'a check': { ...named, measure() {} },
  'a screen': { ...named, screen() {} },
  'a filter': { ...named, begin() {} },
  'a selector': { ...named, select() {} },
  quotas: { ...named, select() {}, counts: {}, others: 'keep', stratumOf() {}, stratumOfTask() {} },
  'an export': { ...named, select: 'kept', shards: 'x', schema: {}, about: '', row() {} },
  'a store': { ...named, isIn() {}, lock() {}, open() {}, limiter() {}, temporary() {}, kept() {} },
  'a worker pool': { ...named, join() {} },
  'a counter': { ...named, count() {} },
  'a skill': { ...named, fits() {}, next() {} },
  'a client of the package openai': { chat: {}, responses: {} },
  'a client of the package @anthropic-ai/sdk': { messages: {} },
}

/** What a description wants that its schema alone does not tell. */
const described: [about: RegExp, sample: unknown][] = [
  [/^an address/, 'http://127.0.0.1:1/v1'],
  [/^an ISO 3166/, 'US'],
  [/^an ISO 639/, 'en'],
  [/^a file URL/, new URL('file:///x')],
  [/^a function/, () => undefined],
  [/^(?:passages|a stream)/, { async *[Symbol.asyncIterator]() {} }],
]

/** A value that fits a schema, with all that is optional. */
export function sampleOf(schema: TSchema): unknown {
  if ('kind' in schema) return things[String(schema.kind)]
  if (Type.IsObject(schema))
    return Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, sampleOf(one)]))
  if (Type.IsRecord(schema))
    return { x: sampleOf(Object.values(schema.patternProperties)[0] ?? Type.Unknown()) }
  if (Type.IsUnion(schema)) return sampleOf(schema.anyOf[0] ?? Type.Unknown())
  if (Type.IsArray(schema)) return [sampleOf(schema.items)]
  return sampleOfPlain(schema)
}

function sampleOfPlain(schema: TSchema): unknown {
  const about = 'description' in schema ? String(schema.description) : ''
  const known = described.find(([words]) => words.test(about))
  if (known) return known[1]
  if (Type.IsEnum(schema)) return schema.enum[0]
  if (Type.IsLiteral(schema)) return schema.const
  if (Type.IsBoolean(schema)) return true
  if (Type.IsInteger(schema)) return Number({ minimum: 1, ...schema }.minimum) || 1
  return Type.IsNumber(schema) ? 0.5 : 'x'
}

/** A way to spoil an option, and the path that a complaint has to name. */
export interface Spoilt {
  path: string
  options: unknown
}

const wrong = Symbol('wrong')

/** Every key misspelt, and every value of a wrong type, at every depth that options have. */
export function* spoilt(schema: TSchema, value: unknown, path = ''): Generator<Spoilt> {
  if (path)
    for (const other of [wrong, null, Number.NaN]) if (!fits(schema, other)) yield { path, options: other }
  for (const [key, inner, held] of partsOf(schema, value)) {
    const below = typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${key}` : key
    for (const { path, options } of spoilt(inner, held, below))
      yield { path, options: put(value, key, options) }
  }
  if (Type.IsObject(schema))
    for (const key of Object.keys(schema.properties))
      for (const typo of [`${key}s_`, key.slice(1) || '_', key.toUpperCase()].filter(
        typo => !(typo in schema.properties),
      ))
        yield { path: path ? `${path}.${typo}` : typo, options: renamed(value, key, typo) }
}

const renamed = (value: unknown, key: string, typo: string) =>
  Object.fromEntries(Object.entries(Object(value)).map(([each, held]) => [each === key ? typo : each, held]))

type Part = [key: string | number, schema: TSchema, value: unknown]

function partsOf(schema: TSchema, value: unknown): Part[] {
  if (Type.IsObject(schema))
    return Object.entries(schema.properties).map(([key, one]) => [key, one, Reflect.get(Object(value), key)])
  if (Type.IsRecord(schema))
    return Object.values(schema.patternProperties).map(one => ['x', one, Reflect.get(Object(value), 'x')])
  if (Type.IsUnion(schema)) return partsOf(schema.anyOf[0] ?? Type.Unknown(), value)
  return Type.IsArray(schema) && Array.isArray(value)
    ? value.map((held, index) => [index, schema.items, held])
    : []
}

const put = (value: unknown, key: string | number, inner: unknown) =>
  Array.isArray(value) ? value.with(Number(key), inner) : { ...Object(value), [key]: inner }

const fits = (schema: TSchema, value: unknown): boolean =>
  Type.IsUnion(schema)
    ? schema.anyOf.some(each => fits(each, value))
    : (Type.IsNull(schema) && value === null) || isOpen(schema)

const isOpen = (schema: TSchema) => Object.keys(schema).length === 0
