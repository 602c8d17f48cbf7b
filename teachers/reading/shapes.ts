import { sha256 } from '../../schemas/hash.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../schemas/json.ts'

/** What a server sent, of whatever shape, read without trusting its documentation. Nothing here throws. */
export type WireFields = Record<string, unknown>

/** The fields of an object; none of what is no object. */
export const fieldsOf = (value: unknown): WireFields => (isObject(value) ? value : {})

/** WireFields by which one item is known that stands where a list of such items belongs. */
const itemFields = ['function', 'name', 'type', 'message', 'id']

/** The objects of a list. Some servers send one item in place of a list, or an object with numbers for names. */
export function objectsIn(value: unknown): WireFields[] {
  if (Array.isArray(value)) return value.filter(isObject)
  if (!isObject(value)) return []
  return itemFields.some(name => name in value) ? [value] : Object.values(value).filter(isObject)
}

/** The words of a text, of parts, or of what holds one of them. Undefined for what can hold none. */
export function readText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (typeof content === 'number') return String(content)
  if (content === null || content === undefined) return ''
  if (Array.isArray(content)) {
    const words = content.map(readText)
    return words.length > 0 && words.every(word => word === undefined) ? undefined : words.join('')
  }
  const { text, content: inner, thinking, reasoning, summary } = fieldsOf(content)
  const held = text ?? inner ?? thinking ?? reasoning ?? summary
  return held === undefined ? undefined : readText(held)
}

export const contentText = (content: unknown): string => readText(content) ?? ''

/** A text, or '' in place of anything else. */
export const textOr = (value: unknown): string => (typeof value === 'string' ? value : '')

/** No reply has as many tokens: a count above it is none. */
const mostTokens = 1e9

/** A count of tokens: 0 where a server sends none, or none that can be true. */
export function tokenCount(count: unknown): number {
  const number = typeof count === 'string' ? Number(count) : count
  return typeof number === 'number' && number >= 0 && number <= mostTokens ? Math.round(number) : 0
}

/** Counts that agree with each other. A server that counts more reasoning than output counts it beside the output. */
export function usageOf(counts: { input: unknown; output: unknown; cached: unknown; reasoning: unknown }) {
  const [input, output, cached, reasoning] = [
    tokenCount(counts.input),
    tokenCount(counts.output),
    tokenCount(counts.cached),
    tokenCount(counts.reasoning),
  ]
  return {
    input,
    output: reasoning > output ? output + reasoning : output,
    cached: Math.min(cached, input),
    reasoning,
  }
}

/** Deeper than any reply; what lies below is left out, so that nothing that walks through it runs out of stack. */
const mostLevels = 200

/**
 * What came, as plain data that every store and every server takes: well-formed texts, with U+FFFD in place of NUL, and
 * no field that means something to JavaScript. Anything else stays as it is.
 */
export function plain(value: unknown, levels = mostLevels): Json {
  if (typeof value === 'string') return readable(value)
  if (typeof value === 'boolean') return value
  // Of -0 a store makes 0.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object' || value === null || levels === 0) return null
  if (Array.isArray(value)) return value.map(item => plain(item, levels - 1))
  const fields = Object.entries(value).filter(([name, field]) => name !== '__proto__' && field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [readable(name), plain(field, levels - 1)]))
}

const readable = (text: string) => {
  const whole = text.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole
}

export const plainFields = (value: unknown): JsonObject => {
  const known = plain(value)
  return isObject(known) ? (known as JsonObject) : {}
}

/** The name of a call that came without one. No tool has it, so the model is told. */
const unnamed = 'unnamed'

export const callName = (name: unknown): string => textOr(name) || unnamed

/** A text by every wire's schema; some servers send the object itself, or nothing. */
export const argumentsOf = (given: unknown): string =>
  typeof given === 'string' ? given : given ? JSON.stringify(given) : ''

/**
 * The ids of the calls of one reply: the server's own, and made ones where it gave none or one twice. `turn` tells the
 * reply from the others of its conversation. Mistral takes no ids but those of nine letters and digits.
 */
export function callIds(given: readonly unknown[], turn: string): string[] {
  const ids = new Set<string>()
  for (const [index, id] of given.entries()) {
    const own = textOr(id).trim() !== '' && !ids.has(textOr(id))
    ids.add(own ? textOr(id) : sha256(`call ${index} of ${turn}`).slice(0, 9))
  }
  return [...ids]
}

/** What goes back as arguments: always one JSON object, since servers refuse a conversation with anything else. */
export const objectText = (text: string): string =>
  isObject(parseJson(text)) ? text : JSON.stringify(argumentsObject(text))

/** The object that a text is; one that is none stands under this name, as Anthropic's wire wants it. */
export function argumentsObject(text: string): Record<string, unknown> {
  const value = parseJson(text || '{}')
  return isObject(value) ? value : { INVALID_JSON: text }
}

/** Which items of a reply are calls, and which of their fields holds the id. */
interface CallItems {
  isCall(item: WireFields): boolean
  field: 'id' | 'call_id'
  turn: string
}

/** Calls that came without an id or a name, with made ones; everything else as it came. */
export function withIds(items: readonly WireFields[], { isCall, field, turn }: CallItems): JsonObject[] {
  const given = items.filter(isCall).map(item => item[field])
  const ids = callIds(given, turn).values()
  return items.map(item =>
    plainFields(isCall(item) ? { ...item, [field]: ids.next().value, name: callName(item.name) } : item),
  )
}
