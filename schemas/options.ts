import Type, {
  type Static,
  type TArray,
  type TNumberOptions,
  type TObject,
  type TProperties,
  type TRecord,
  type TSchema,
  type TUnion,
  type TUnsafe,
} from 'typebox'
import Value from 'typebox/value'
import { InputError, shortened } from './input-error.ts'
import { nearest } from './nearest.ts'

/** An option is not what it should be: one line says where, what it is and what to give. */
export class OptionsError extends InputError {
  override name = 'OptionsError'
  constructor(line: string) {
    super([line])
  }
}

/** Options that have no other keys than these. */
export const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** For plug-ins that take none. */
export const noOptions = closed({})

/** A whole number from 1. */
export const count = Type.Integer({ minimum: 1 })
export const from0 = Type.Integer({ minimum: 0 })
export const share = Type.Number({ minimum: 0, maximum: 1, description: 'a share from 0 to 1' })
/** A share of something that has to be there. */
export const shareAbove0 = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1,
  description: 'a share above 0, up to 1',
})
export const usd = Type.Number({ minimum: 0, description: 'an amount in USD such as 20' })
export const filledText = Type.String({ minLength: 1 })
export const trueOrFalse = Type.Boolean()
export const httpAddress = Type.Refine(
  Type.String({ description: "an address such as 'http://127.0.0.1:8000/v1'" }),
  value => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
)

export const fileUrl = Type.Refine(
  Type.Unsafe<URL>({ description: 'a file URL' }),
  value => value instanceof URL && value.protocol === 'file:',
)

/** What is read piece by piece. */
export const stream = <Piece>(description: string) =>
  Type.Refine(
    Type.Unsafe<AsyncIterable<Piece>>({ description }),
    value => typeof Reflect.get(Object(value), Symbol.asyncIterator) === 'function',
  )

/** What of a thing tells its kind: the types of some of its fields. */
type Marks<Thing> = {
  [Field in keyof Thing]?: 'string' | 'number' | 'boolean' | 'object' | 'function'
}

/** An option that is no plain data, such as a check or a teacher, known by what it has. */
export const thing = <Thing extends object>(kind: string, like: string, marks: Marks<Thing>) =>
  Type.Refine(Type.Unsafe<Thing>({ description: `${kind} such as ${like}`, kind }), value =>
    Object.entries(marks).every(([field, type]) => {
      const held: unknown = Reflect.get(Object(value), field)
      return typeof held === type && held !== null
    }),
  )

/** An option that is called. */
export const called = <Call extends (...given: never[]) => unknown>(description: string) =>
  Type.Refine(Type.Unsafe<Call>({ description }), value => typeof value === 'function')

/** What makes a plug-in from options; `options` is their schema. */
export interface Factory<Made, Options extends TSchema> {
  (...given: Given<Options>): Made
  options: Options
}

/** Nothing need be given where nothing is needed. */
type Given<Options extends TSchema> =
  Record<never, never> extends Static<Options> ? [options?: Static<Options>] : [options: Static<Options>]

/**
 * A factory of plug-ins of a kind, such as checks. Options are checked before anything is made of them. `name` is the
 * factory's own, as a config writes it.
 */
export function factory<Made, Options extends TSchema>(
  _kind: TUnsafe<Made>,
  name: string,
  options: Options,
  make: (options: Static<Options>) => NoInfer<Made>,
): Factory<Made, Options> {
  const made = (given: unknown = {}) => shipped(make(readOptions(name, options, given)))
  return Object.assign(Object.defineProperty(made, 'name', { value: name }), { options })
}

const ours = new WeakSet<object>()

function shipped<Made>(made: Made): Made {
  for (const part of Object.values(Object(made))) if (typeof part === 'function') ours.add(part)
  return made
}

/** Whether a method of a plug-in is kindling's own, and not the user's; a copy under another name still is. */
export const isShipped = (method: object): boolean => ours.has(method)

/**
 * Gives the options back as they were given. Throws OptionsError for an unknown key and for a value that is not what it
 * should be.
 */
export function readOptions<Options extends TSchema>(
  where: string,
  options: Options,
  given: unknown,
): Static<Options> {
  const fault = faultIn(options, given, { path: '', root: options })
  if (fault === undefined) return given as Static<Options>
  throw new OptionsError(where ? `${where}: ${fault}` : fault)
}

/** Where in the options we are, and the schema of all of them. */
interface At {
  path: string
  root: TSchema
}

/** The first fault, in words; undefined where there is none. */
function faultIn(schema: TSchema, value: unknown, at: At): string | undefined {
  if (Type.IsUnion(schema)) return faultInUnion(schema, value, at)
  if (Type.IsObject(schema))
    return isPlain(value) ? faultInObject(schema, value, at) : misfit(schema, value, at)
  if (Type.IsRecord(schema))
    return isPlain(value) ? faultInRecord(schema, value, at) : misfit(schema, value, at)
  const inside = Type.IsArray(schema) && Array.isArray(value) ? faultInList(schema, value, at) : undefined
  return inside ?? (Value.Check(schema, value) ? undefined : misfit(schema, value, at))
}

type Plain = Readonly<Record<string, unknown>>

/** Neither a list nor an instance of a class: a Map has no keys of its own and would pass for empty. */
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

type Held = [path: string, schema: TSchema, value: unknown]

function firstFault(held: readonly Held[], root: TSchema): string | undefined {
  for (const [path, schema, value] of held) {
    const fault = faultIn(schema, value, { path, root })
    if (fault) return fault
  }
  return undefined
}

const below = (path: string, key: string) => (path ? `${path}.${key}` : key)

function faultInObject(schema: TObject, value: Plain, at: At): string | undefined {
  const { properties, required } = schema
  const unknown = Object.keys(value).find(key => !Object.hasOwn(properties, key))
  if (unknown !== undefined)
    return noOption(
      below(at.path, unknown),
      nearest(unknown, Object.keys(properties)),
      Object.keys(properties),
    )
  const missing = (required ?? []).find(key => value[key] === undefined)
  if (missing !== undefined)
    return `${below(at.path, missing)} is missing; give ${wanted(properties[missing] ?? schema)}`
  const given = Object.entries(properties).filter(([key]) => value[key] !== undefined)
  return firstFault(
    given.map(([key, one]) => [below(at.path, key), one, value[key]]),
    at.root,
  )
}

function faultInRecord({ patternProperties }: TRecord, value: Plain, { path, root }: At): string | undefined {
  const [values = Type.Unknown()] = Object.values(patternProperties)
  return firstFault(
    Object.entries(value).map(([key, held]) => [below(path, key), values, held]),
    root,
  )
}

const faultInList = ({ items }: TArray, value: readonly unknown[], { path, root }: At): string | undefined =>
  firstFault(
    [...value].map((held, index) => [`${path}[${index}]`, items, held]),
    root,
  )

/** The fault of the form that was meant: of its shape, with the fewest keys that it does not know. */
function faultInUnion(schema: TUnion, value: unknown, at: At): string | undefined {
  const { anyOf } = schema
  if (anyOf.some(each => faultIn(each, value, at) === undefined)) return undefined
  const alike = anyOf.filter(each =>
    Type.IsArray(each) ? Array.isArray(value) : isPlain(value) && isKeyed(each),
  )
  const [meant] = alike.sort((one, other) => strangers(one, value) - strangers(other, value))
  return meant ? faultIn(meant, value, at) : misfit(schema, value, at)
}

const isKeyed = (schema: TSchema) => Type.IsObject(schema) || Type.IsRecord(schema)

const strangers = (schema: TSchema, value: unknown): number =>
  Type.IsObject(schema) ? Object.keys(Object(value)).filter(key => !(key in schema.properties)).length : 0

function noOption(path: string, meant: string | undefined, known: readonly string[]): string {
  const said = `\`${shortened(path)}\` is no option`
  if (meant !== undefined) return `${said}; did you mean \`${meant}\`?`
  return `${said}; ${known.length === 0 ? 'there is none' : `the options are ${known.join(', ')}`}`
}

function misfit(schema: TSchema, value: unknown, { path, root }: At): string {
  const what = path ? `${shortened(path)} is` : 'the options are'
  const known = (isThing(schema) && unfinished(value)) || homeOf(value, { path, root })
  return `${what} ${known || `${shown(value)}; give ${wanted(schema)}`}`
}

const isThing = (schema: TSchema): boolean =>
  Type.IsUnion(schema) ? schema.anyOf.some(isThing) : 'kind' in schema

/** What is about to become a thing. */
function unfinished(value: unknown): string | undefined {
  if (value instanceof Promise) return 'a promise; write `await` before it'
  if (Array.isArray(value)) return 'a list; write `...` before it'
  if (typeof value !== 'function' || value.name === '') return undefined
  return `\`${shortened(value.name)}\`, which was not called; write \`${shortened(value.name)}()\``
}

/** For a thing that stands in another's place: what it is, and where it belongs. */
function homeOf(value: unknown, { path, root }: At): string | undefined {
  const name: unknown = Reflect.get(Object(value), 'name')
  const named = typeof name === 'string' ? ` (${shortened(name)})` : ''
  const fields = Type.IsObject(root) ? Object.entries(root.properties) : []
  const homes = fields
    .filter(([field]) => field !== path)
    .flatMap(([field, schema]) =>
      kindsOf(value, schema).map(kind => `${kind}${named}; put it into \`${field}\``),
    )
  return homes[0]
}

/** What kinds of things it is, of those that stand here. */
function kindsOf(value: unknown, schema: TSchema): string[] {
  if (Type.IsArray(schema)) return kindsOf(value, schema.items)
  if (Type.IsUnion(schema)) return schema.anyOf.flatMap(each => kindsOf(value, each))
  return 'kind' in schema && Value.Check(schema, value) ? [String(schema.kind)] : []
}

/** Never what is in it: that may be a key. */
function shown(value: unknown): string {
  if (typeof value === 'function') return `the function ${shortened(value.name || 'without a name')}`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value !== null && typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
  return typeof value === 'string' ? JSON.stringify(shortened(value)) : String(value)
}

/** What to give, as the schema says it in words or else by its bounds. */
function wanted(schema: TSchema): string {
  if ('description' in schema) return String(schema.description)
  if (Type.IsUnion(schema)) return schema.anyOf.map(wanted).join(', or ')
  if (Type.IsEnum(schema)) return schema.enum.map(each => JSON.stringify(each)).join(' or ')
  if (Type.IsLiteral(schema)) return JSON.stringify(schema.const)
  if (Type.IsInteger(schema)) return `a whole number${boundsOf({ ...schema })}`
  if (Type.IsNumber(schema)) return `a number${boundsOf({ ...schema })}`
  if (Type.IsArray(schema)) return `a list, each ${wanted(schema.items)}`
  if (Type.IsObject(schema)) return `{ ${firstOf(Object.keys(schema.properties), 3)} }`
  return plainWords.find(([is]) => is(schema))?.[1] ?? 'another value'
}

const firstOf = (names: readonly string[], most: number): string =>
  [...names.slice(0, most), ...(names.length > most ? ['…'] : [])].join(', ')

const plainWords: [is: (schema: TSchema) => boolean, words: string][] = [
  [Type.IsString, 'a text'],
  [Type.IsBoolean, 'true or false'],
  [Type.IsNull, 'null'],
  [Type.IsRecord, 'an object'],
]

const boundsOf = ({ minimum, maximum, exclusiveMinimum }: TNumberOptions): string => {
  const from = minimum ?? exclusiveMinimum
  const words = `${exclusiveMinimum === undefined ? ' from' : ' above'} ${from}`
  return `${from === undefined ? '' : words}${maximum === undefined ? '' : ` to ${maximum}`}`
}
