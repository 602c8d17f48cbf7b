import { pushbackOf } from './pushback.ts'
import { TeacherError } from './teacher.ts'

/** Statuses that every later call would meet too: no key, no money, no permission, no such model or address. */
const hopeless = [401, 402, 403, 404]
/** The same where an error comes inside a stream and so has no status, and where a 429 means an empty purse. */
const hopelessCodes = [
  'insufficient_quota',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
]
/** A 400 of Anthropic; Ollama; vLLM. */
const hopelessWords =
  /credit balance is too low|does not support tools|tool choice requires --enable-auto-tool-choice/

/** A connection that came about and broke may hold the next time; an address where nobody listens will not. */
const interruptions = [
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ECONNRESET',
  'EPIPE',
]

interface WireFault extends Error {
  status?: number
  code?: string | null
  type?: string | null
  /** Anthropic's: the sentence without the JSON around it. */
  apiMessage?: string | null
}

/**
 * What the official packages throw, as a TeacherError of one line without the key. The packages of OpenAI and Anthropic
 * come from one generator, so their errors have the same fields and class names.
 */
export function wireError(error: unknown, name: string, key: string | null | undefined): TeacherError {
  if (error instanceof TeacherError)
    return new TeacherError(withoutKey(error.message, key), { fatal: error.fatal, cause: error })
  const fault = error as WireFault
  const lasting =
    hopeless.includes(fault.status ?? 0) ||
    [fault.code, fault.type].some(word => hopelessCodes.includes(word ?? '')) ||
    hopelessWords.test(fault.message)
  const [line = ''] = lineOf(fault).split('\n')
  return new TeacherError(`teacher ${name}: ${withoutKey(line, key)}`, {
    fatal: lasting || isUnreachable(fault),
    ...(lasting ? {} : pushbackOf(error)),
    cause: error,
  })
}

function lineOf(fault: WireFault): string {
  if (fault.apiMessage) return [fault.status, fault.apiMessage].filter(Boolean).join(' ')
  if (isA(fault, 'APIConnectionTimeoutError')) return fault.message
  const unreadable = fault instanceof TypeError || fault instanceof SyntaxError
  const cause = rootOf(fault)
  const said = cause === fault ? fault.message : `${fault.message} (${cause.message})`
  return unreadable ? `the answer could not be read: ${said}` : said
}

const isUnreachable = (fault: WireFault) =>
  isA(fault, 'APIConnectionError') &&
  !isA(fault, 'APIConnectionTimeoutError') &&
  !interruptions.includes(rootOf(fault).code ?? '')

/** By name, because a ready client may come from another copy of the package. */
function isA(error: unknown, name: string): boolean {
  for (let made: unknown = error; made instanceof Object; made = Object.getPrototypeOf(made)) {
    if (made.constructor.name === name) return true
  }
  return false
}

function rootOf(fault: WireFault): WireFault {
  let root = fault
  while (root.cause instanceof Error) root = root.cause
  return root
}

/** Some servers quote the key that they refuse. */
const withoutKey = (text: string, key: string | null | undefined) =>
  key && key !== 'none' ? text.replaceAll(key, '(the key)') : text
