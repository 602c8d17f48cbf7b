import { isObject, type JsonObject, parseJson } from '../../schemas/json.ts'
import { screenLine } from '../../schemas/screen-line.ts'

/** An error as a server says it: beside a status, in a stream, or in the body of a 200. */
export interface SaidError {
  /** Where none came, the one that its names or its numbers stand for. */
  status: number | undefined
  /** Codes, types and reasons. */
  names: string[]
  /** What it says to people: one line. */
  message: string
  /** Milliseconds that it asks to wait. */
  wait: number | undefined
}

/**
 * Reads a body that holds an error: an object, a list of them, a page, or a text. `known` are names that were read from
 * it before.
 */
export function saidIn(body: unknown, status?: number, known: readonly string[] = []): SaidError {
  const told = layersOf(typeof body === 'string' ? (parseJson(body) ?? body) : body)
  const names = [...known, ...told.flatMap(namesIn)]
  const message = sentence(told, body)
  return { status: status ?? statusOf(names), names, message, wait: waitIn(message) }
}

/** The error that came in place of a reply; undefined for a body that may be one. */
export function errorIn(body: unknown): SaidError | undefined {
  if (body === undefined || body === null || typeof body === 'string') return noReply(body ?? '')
  if (Array.isArray(body))
    return body.length > 0 && body.every(errorIn) ? inPlaceOfReply(saidIn(body)) : undefined
  if (!isObject(body)) return undefined
  const failed = body.status === 'failed' || body.status === 'cancelled'
  const named = body.object === 'error' || body.type === 'error' || Boolean(body.error)
  return failed || (named && !holdsReply(body)) ? inPlaceOfReply(saidIn(body)) : undefined
}

const holdsReply = ({ choices, output, content }: Record<string, unknown>) =>
  [choices, output, content].some(list => Array.isArray(list) && list.length > 0)

const inPlaceOfReply = (said: SaidError): SaidError => ({
  ...said,
  message: screenLine(`the server answered without a reply: ${said.message}`),
})

/** A gateway's page, or nothing at all: the server behind it may answer the next time. */
function noReply(text: string): SaidError {
  const parsed = parseJson(text)
  if (isObject(parsed)) return inPlaceOfReply(saidIn(parsed))
  return inPlaceOfReply({ ...saidIn(text.trim() === '' ? 'nothing' : text), status: undefined, names: [] })
}

/** Under these names servers put one error into another, or what another server told them. */
const inside = ['error', 'innererror', 'metadata', 'raw', 'detail', 'details', 'errors', 'response'] as const
const deepest = 5

type Layer = JsonObject | string

/** The errors in an error, the outermost first. */
function layersOf(value: unknown, depth = 0): Layer[] {
  if (depth > deepest) return []
  if (Array.isArray(value)) return value.slice(0, 3).flatMap(each => layersOf(each, depth + 1))
  if (typeof value === 'string') {
    const parsed = depth > 0 && /^\s*[[{]/.test(value) ? parseJson(value) : undefined
    return parsed === undefined ? [value] : layersOf(parsed, depth + 1)
  }
  if (!isObject(value)) return []
  return [value as JsonObject, ...inside.flatMap(key => layersOf(value[key], depth + 1))]
}

const naming = [
  'code',
  'type',
  'status',
  'reason',
  'error_type',
  'error_code',
  'param',
  'blockReason',
] as const

function namesIn(layer: Layer): string[] {
  if (typeof layer === 'string') return []
  const given = naming.map(key => layer[key])
  return given.flatMap(name => (typeof name === 'string' || typeof name === 'number' ? [String(name)] : []))
}

/** FastAPI's name is `msg`. */
const speaking = ['message', 'msg', 'error_msg', 'error_description'] as const

function sentence(layers: readonly Layer[], body: unknown): string {
  const words = layers.flatMap(layer => (typeof layer === 'string' ? [textOf(layer)] : wordsIn(layer)))
  const said = [...new Set(words.filter(word => word.trim() !== ''))]
  return screenLine(said.length > 0 ? said.join(': ') : (JSON.stringify(body) ?? 'nothing'))
}

function wordsIn(layer: JsonObject): string[] {
  const where = Array.isArray(layer.loc) ? `${layer.loc.join('.')} ` : ''
  const said = speaking.map(key => layer[key]).find(value => typeof value === 'string')
  return typeof said === 'string' ? [`${where}${said}`] : []
}

/** Of a page its title. */
function textOf(text: string): string {
  if (!/<(!doctype|html|head|title|body)\b/i.test(text)) return text
  const title = /<(title|h1)\b[^>]*>([^<]*)/i.exec(text)?.[2]
  return `a page${title ? `: ${title.trim()}` : ` ${text.replace(/<[^>]*>/g, ' ')}`}`
}

/** What names stand for, where an error has no status: of Anthropic, OpenAI, Google, vLLM, Bedrock. */
const statuses: [name: RegExp, status: number][] = [
  [/^(invalid_request_error|invalid_prompt|INVALID_ARGUMENT|FAILED_PRECONDITION)$/, 400],
  [/^(BadRequest(Error)?|ValidationException)$/, 400],
  [/^(authentication_error|invalid_api_key|UNAUTHENTICATED|AuthenticationError)$/, 401],
  [/^(permission_error|PERMISSION_DENIED|PermissionDeniedError|AccessDeniedException)$/, 403],
  [/^(not_found_error|model_not_found|NOT_FOUND|NotFoundError|ResourceNotFoundException)$/, 404],
  [/^(request_too_large)$/, 413],
  [/^(rate_limit_(error|exceeded)|RESOURCE_EXHAUSTED|RateLimitError|Throttling\w*)$/, 429],
  [/^(api_error|server_error|internal_server_error|INTERNAL|InternalServerError)$/, 500],
  [/^(UNAVAILABLE|ServiceUnavailable\w*)$/, 503],
  [/^(timeout_error|DEADLINE_EXCEEDED|Model(Timeout|StreamError)\w*)$/, 504],
  [/^(overloaded_error|overloaded|server_overloaded)$/, 529],
]

function statusOf(names: readonly string[]): number | undefined {
  const numbers = names.filter(name => /^[45]\d\d$/.test(name)).map(Number)
  return numbers[0] ?? statuses.find(([name]) => names.some(each => name.test(each)))?.[1]
}

/** The wait that a server asks for in words, in milliseconds; undefined where it asks for none. */
function waitIn(message: string): number | undefined {
  const said = /(?:retry|try again) (?:in|after) ((?:[\d.]+ ?(?:ms|milli\w*|h\w*|m\w*|s\w*)[ ,]*)+)/i.exec(
    message,
  )?.[1]
  if (said === undefined) return undefined
  const pieces = said.matchAll(/([\d.]+) ?(ms|milli|h|m|s)/gi)
  return [...pieces].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (units[unit.toLowerCase()] ?? 1),
    0,
  )
}

const units: Record<string, number> = { ms: 1, milli: 1, s: 1000, m: 60_000, h: 3_600_000 }
