import fc from 'fast-check'
import type { Json } from '../schemas/json.ts'

/** The keywords that the schemas of records use. */
interface Keywords {
  type?: string
  const?: Json
  enum?: readonly Json[]
  anyOf?: readonly object[]
  items?: object
  minItems?: number
  properties?: Record<string, object>
  required?: readonly string[]
  patternProperties?: Record<string, object>
  pattern?: string
  minLength?: number
  minimum?: number
  maximum?: number
}

/** What people, models and tools may write: marks, escapes, odd and long texts. */
const fragment = fc.constantFrom(
  '<image>', '\n<image>\n', '</image>', '<video>', '< image>', '<', '\\u003cimage>', '"', '\\', '\n', '\u0000',
  '\ud800', '</think>', '<answer>8</answer>', '```', '<tool_call>', '<|im_end|>', 'NaN', 'Infinity', '🦊', 'e\u0301',
  '\u2028', '\ufeff', '$&', '', ' ', 'x'.repeat(40_000),
) // biome-ignore format: one list
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fragment, { maxLength: 6 }).map(parts => parts.join('')),
  fc.string(),
)

/**
 * Whatever a schema allows, with texts as above. `known` gives the values of some schemas, such as of pictures that have
 * bytes.
 */
export function fitting(
  schema: object,
  known: ReadonlyMap<object, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  const given = known.get(schema)
  if (given) return given
  const { anyOf, type, items = {}, properties, patternProperties, ...rest }: Keywords = schema
  const of = (each: object) => fitting(each, known)
  if (anyOf) return fc.oneof(...anyOf.map(of))
  if ('const' in schema) return fc.constant(schema.const)
  if (rest.enum) return fc.constantFrom(...rest.enum)
  if (type === 'array') return fc.array(of(items), { minLength: rest.minItems ?? 0, maxLength: 4 })
  if (properties) return record(properties, rest.required ?? [], of)
  const [every] = Object.values(patternProperties ?? {})
  if (every)
    return fc.dictionary(
      hostileText.map(key => key.slice(0, 20)),
      of(every),
      { maxKeys: 3 },
    )
  return scalar({ ...rest, ...(type && { type }) })
}

const record = (
  properties: Record<string, object>,
  required: readonly string[],
  of: (schema: object) => fc.Arbitrary<unknown>,
) =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, of(each)])), {
    requiredKeys: required.filter(name => name in properties),
  })

function scalar({ type, pattern, minLength = 0, minimum = -1e9, maximum = 1e9 }: Keywords) {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum })
  if (type === 'number') return fc.double({ min: minimum, max: maximum, noNaN: true })
  if (type === 'string')
    return pattern
      ? fc.stringMatching(new RegExp(pattern))
      : hostileText.map(text => text || 'x'.repeat(minLength))
  return fc.oneof(fc.jsonValue({ maxDepth: 2 }), hostileText) as fc.Arbitrary<unknown>
}
