import { retryAfterMs } from '../tools/web/retry-after.ts'
import type { Failure } from './teacher.ts'

/** Rate limits (RFC 6585), and a server that cannot keep up: 503 (RFC 9110), 529 (Anthropic). */
const overload = [429, 503, 529]
/** Requests that timed out or met another one: the official packages try these again, too. */
const passing = [408, 409, ...overload]
/** The same where an error comes inside a stream and so has no status. */
const overloadCodes = ['overloaded_error', 'rate_limit_error', 'rate_limit_exceeded']
/** A 429 that no waiting mends. */
const emptyPurse = ['insufficient_quota', 'billing_error']

interface WireFault {
  status?: number
  code?: string | null
  type?: string | null
  headers?: Headers
}

/**
 * Whether another try makes sense after what an official package threw, and when. Without a status nothing, or no whole
 * answer, came back: the connection broke or took too long.
 */
export function pushbackOf(error: unknown): Pick<Failure, 'transient' | 'overloaded' | 'retryAfterMs'> {
  const { status, code, type, headers } = error as WireFault
  const says = (words: string[]) => [code, type].some(word => words.includes(word ?? ''))
  if (says(emptyPurse)) return { transient: false }
  const said = headers?.get('x-should-retry')
  const likely =
    status === undefined ? !says(['invalid_request_error']) : passing.includes(status) || status >= 500
  const transient = said === 'true' || (said !== 'false' && likely)
  const overloaded = transient && (overload.includes(status ?? 0) || says(overloadCodes))
  return { transient, overloaded, retryAfterMs: transient && headers ? retryAfterMs(headers) : undefined }
}
