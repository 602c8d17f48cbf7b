import { screenLine } from '../schemas/screen-line.ts'
import { retryAfterMs } from '../store/remote/retry-after.ts'
import { type Meaning, meaningOf } from './reading/known-errors.ts'
import { type SaidError, saidIn } from './reading/said-error.ts'
import { type Failure, TeacherError } from './teacher.ts'

/**
 * A connection that came about and broke, and what came by it and could not be unpacked or was no HTTP, may be well the
 * next time; an address where nobody listens will not.
 */
const interruptions =
  /^(UND_ERR_(SOCKET|HEADERS_TIMEOUT|BODY_TIMEOUT|RES_\w+)|ECONNRESET|EPIPE|Z_|ZSTD_|ERR__|HPE_)/

interface PackageError extends Error {
  status?: number
  code?: string | null
  type?: string | null
  headers?: Headers
  /** The body, or what stands in it under `error`. */
  error?: unknown
}

/**
 * What the official packages throw, as a TeacherError of one line without the key. The packages of OpenAI and Anthropic
 * come from one generator, so their errors have the same fields and class names. A slip in our own reading of an answer
 * is no fault that passes: the same answer would only be bought again.
 */
export function wireError(thrown: unknown, name: string, key: string | null | undefined): TeacherError {
  if (thrown instanceof TeacherError) return new TeacherError(withoutKey(thrown.message, key), thrown)
  const error = thrown as PackageError
  const slip = isSlip(error) ? { fatal: false, cause: error } : undefined
  const failure = isA(error, 'APIConnectionError') ? brokenOff(error) : slip
  if (failure) return new TeacherError(`teacher ${name}: ${withoutKey(lineOf(error), key)}`, failure)
  return answeredError(saidBy(error), { name, key, cause: error })
}

interface About {
  name: string
  key: string | null | undefined
  /** What a package threw, where it did. */
  cause?: PackageError
  /** The status, where no package threw it. */
  status?: number | undefined
}

/** The same for an error that a server said, whether a status came with it or not. */
export function answeredError(said: SaidError, about: About): TeacherError {
  const { name, key, cause } = about
  const { status, headers } = cause ?? { status: about.status }
  const wait = (headers && retryAfterMs(headers)) ?? said.wait
  const means = meaningOf({ ...said, wait })
  const twice = said.message.startsWith(String(status))
  const line = [twice ? undefined : status, said.message, said.status === 413 ? tooMuch : undefined]
    .filter(Boolean)
    .join(' ')
  const failure = {
    ...failures[means],
    ...(mayPass(means) && { retryAfterMs: wait }),
    // What breaks a stream off came after a part of the reply, whatever it is called.
    status: cause ? status : said.status,
    cause,
  }
  return new TeacherError(`teacher ${name}: ${withoutKey(line, key)}`, insisted(failure, headers))
}

const tooMuch = '(smaller or fewer pictures may help: `imageSide`)'

const failures: Record<Meaning, Failure> = {
  length: { fatal: false, stop: 'length' },
  content_filter: { fatal: false, stop: 'content_filter' },
  purse: { fatal: true },
  account: { fatal: true },
  setup: { fatal: true },
  key: { fatal: true, doubtful: 'key' },
  place: { fatal: true, doubtful: 'place' },
  busy: { fatal: false, transient: true, overloaded: true },
  away: { fatal: false, transient: true, gone: true },
  passing: { fatal: false, transient: true },
  request: { fatal: false },
}

const mayPass = (means: Meaning) => failures[means].transient === true

/** Some servers say themselves whether another try makes sense, as the official packages read it. */
function insisted(failure: Failure, headers: Headers | undefined): Failure {
  const said = headers?.get('x-should-retry')
  if (failure.fatal || failure.stop) return failure
  if (said === 'true') return { ...failure, transient: true }
  return said === 'false' ? { ...failure, transient: false, overloaded: false, gone: false } : failure
}

/** Nothing, or no whole answer, came back. */
function brokenOff(error: PackageError): Failure {
  const late = isA(error, 'APIConnectionTimeoutError')
  const unreachable = !late && !interruptions.test(rootOf(error).code ?? '')
  return { fatal: unreachable, transient: true, cause: error }
}

/** An error within a stream has no status; what broke on the way has no body either. */
function saidBy(error: PackageError): SaidError {
  const { status, code, type } = error
  const names = [code, type].filter(name => typeof name === 'string')
  const text = status === undefined ? lineOf(error) : error.message.replace(`${status} `, '')
  return saidIn(error.error ?? text, status, names)
}

function lineOf(error: PackageError): string {
  if (isA(error, 'APIConnectionTimeoutError')) return error.message
  const cause = rootOf(error)
  const said = cause === error ? error.message : `${error.message} (${cause.message})`
  const unread = error instanceof SyntaxError || isSlip(error)
  return screenLine(unread ? `the answer could not be read: ${said}` : said)
}

/** What breaks on a connection has a cause or a code; a fault of a program has neither. */
const isSlip = (error: Error & { code?: unknown }): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) &&
  error.cause === undefined &&
  error.code === undefined

/** By name, because a ready client may come from another copy of the package. */
function isA(error: unknown, name: string): boolean {
  for (let made: unknown = error; made instanceof Object; made = Object.getPrototypeOf(made)) {
    if (made.constructor.name === name) return true
  }
  return false
}

function rootOf(error: PackageError): PackageError {
  let root = error
  while (root.cause instanceof Error) root = root.cause
  return root
}

/** From this length on, a key stands for nothing else. */
const telling = 8

/** Some servers quote the key that they refuse. Short ones, such as `EMPTY`, are parts of words. */
function withoutKey(text: string, key: string | null | undefined): string {
  if (!key || key === 'none') return text
  if (key.length >= telling) return text.replaceAll(key, '(the key)')
  return text.replace(new RegExp(`(?<!\\w)${RegExp.escape(key)}(?!\\w)`, 'g'), '(the key)')
}
