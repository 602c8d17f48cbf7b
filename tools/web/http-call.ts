import { retryAfterMs } from '../../store/remote/retry-after.ts'
import { ServiceError } from '../service.ts'
import { oneLine } from '../text-search.ts'

/** A call to a service: `service` is what errors name, `timeoutMs` is for the whole answer. */
interface HttpCall {
  service: string
  signal: AbortSignal
  timeoutMs: number
}

/** Statuses after which another try may succeed (RFC 9110, RFC 6585), beside those of the server's own faults. */
const passing = [408, 425, 429]

/**
 * Makes a call until its time is over. Any failure becomes a ServiceError of one line that another try may mend; the
 * signal ends the call with its own reason.
 */
export async function reaching<Answer>(
  { service, signal, timeoutMs }: HttpCall,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await call(AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal.throwIfAborted()
    const root = rootOf(error)
    if (root instanceof ServiceError) throw root
    const late = deadline.aborted && `it did not answer within ${timeoutMs / 1000} s`
    throw new ServiceError(`${service}: ${late || `it cannot be reached (${lineOf(root)})`}`, {
      transient: true,
      cause: error,
    })
  }
}

/** The bytes of an answer, unpacked. Throws ServiceError where they are more. */
export async function boundedBytes({ body }: Answered, service: string, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length > maxBytes)
      throw new ServiceError(`${service}: its answer is larger than ${maxBytes} bytes`, { transient: false })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** What Node's `fetch` and undici's answer have in common. */
interface Answered {
  body: AsyncIterable<Uint8Array> | null
}

/** A status other than 2xx, with what the service said to it. */
export function statusFault(
  { status, headers }: { status: number; headers: Pick<Headers, 'get'> },
  said: string,
  service: string,
): ServiceError {
  const transient = passing.includes(status) || status >= 500
  const wait = transient ? retryAfterMs(headers) : undefined
  const line = oneLine(`${status} ${said}`).slice(0, longestLine)
  return new ServiceError(`${service}: ${line}`, {
    transient,
    status,
    ...(wait !== undefined && { retryAfterMs: wait }),
  })
}

/** Characters. */
const longestLine = 300

function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && !(root instanceof ServiceError) && root.cause instanceof Error)
    root = root.cause
  return root
}

const lineOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message || error.name : String(error)).slice(0, longestLine)
