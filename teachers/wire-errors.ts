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

/**
 * What the official packages throw, as a TeacherError of one line without the key. The packages of OpenAI and Anthropic
 * come from one generator, so their errors have the same fields (`status`, `code`, `type`) and class names.
 */
export function wireError(error: unknown, name: string, key: string | null | undefined): TeacherError {
  if (error instanceof TeacherError) return error
  const { message, status = 0, code, type } = error as WireFault
  const unreachable = isA(error, 'APIConnectionError') && !isA(error, 'APIConnectionTimeoutError')
  const fatal =
    unreachable ||
    hopeless.includes(status) ||
    [code, type].some(word => hopelessCodes.includes(word ?? '')) ||
    hopelessWords.test(message)
  const unreadable = error instanceof TypeError || error instanceof SyntaxError
  const about = unreadable ? 'the answer could not be read: ' : ''
  const cause = unreachable || unreadable ? causeOf(error) : ''
  const [line = ''] = message.split('\n')
  return new TeacherError(`teacher ${name}: ${withoutKey(about + line + cause, key)}`, {
    fatal,
    cause: error,
  })
}

interface WireFault extends Error {
  status?: number
  code?: string | null
  type?: string | null
}

/** By name, because a ready client may come from another copy of the package. */
function isA(error: unknown, name: string): boolean {
  for (let made: unknown = error; made instanceof Object; made = Object.getPrototypeOf(made)) {
    if (made.constructor.name === name) return true
  }
  return false
}

function causeOf(error: unknown): string {
  let cause = error
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  return cause instanceof Error && cause !== error ? ` (${cause.message})` : ''
}

/** Some servers quote the key that they refuse. */
const withoutKey = (text: string, key: string | null | undefined) =>
  key && key !== 'none' ? text.replaceAll(key, '(the key)') : text
