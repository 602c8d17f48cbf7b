import { screenLine } from '../../schemas/screen-line.ts'
import { retryAfterMs } from './retry-after.ts'

/**
 * `absent`: there is no such thing; `changed`: it is another one now; `closed`: it is not given; `passing`: another try
 * may succeed.
 */
type Kind = 'absent' | 'changed' | 'closed' | 'passing'

/** What lies elsewhere cannot be had, in one line that names it and says what to do. */
export class RemoteError extends Error {
  override name = 'RemoteError'
  readonly kind: Kind
  /** What the place asks to wait before the next try, in milliseconds. */
  readonly waitMs: number | undefined
  constructor(
    message: string,
    kind: Kind,
    { waitMs, cause }: { waitMs?: number | undefined; cause?: unknown } = {},
  ) {
    // A place names its files as it likes; no name may command a terminal.
    super(message.replace(/\p{Cc}/gu, '?'), { cause })
    this.kind = kind
    this.waitMs = waitMs
  }
}

/** A status that is no success, and what was said to it. */
interface Refusal {
  status: number
  said: string
  headers?: Pick<Headers, 'get'>
}

/** Statuses after which another try may succeed (RFC 9110, RFC 6585), beside those of the server's own faults. */
const passing = [408, 425, 429]

export const again = 'run the same command again later'

/** What a status means; `key` helps where it is not open to everybody. */
export function refusalOf({ status, said, headers }: Refusal, shown: string, key: string): RemoteError {
  const line = (cure: string) => `${shown}: ${screenLine(`${status} ${said}`)}; ${cure}`
  if (passing.includes(status) || status >= 500)
    return new RemoteError(line(again), 'passing', { waitMs: headers && waitOf(headers) })
  if (status === 404 || status === 410) return new RemoteError(line(`check the name; ${key}`), 'absent')
  if (status === 412) return new RemoteError(line('it is another file now'), 'changed')
  return new RemoteError(line(key), 'closed')
}

/** As `Retry-After` says, or the Hub's `RateLimit: "api";r=0;t=55`: nothing is left for so many seconds. */
function waitOf(headers: Pick<Headers, 'get'>): number | undefined {
  const left = /;\s*r=0\s*;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')
  return retryAfterMs(headers) ?? (left ? Number(left[1]) * 1000 : undefined)
}

/** A server of the public web leads into this network. */
export class NotPublic extends Error {
  constructor(host: string) {
    super(`it is redirected to ${host}, which is no address of the public web`)
  }
}

/** Nobody answered, or not to the end. */
export function unreachable(shown: string, error: unknown): RemoteError {
  if (error instanceof RemoteError) return error
  const root = rootOf(error)
  if (root instanceof NotPublic) return new RemoteError(`${shown}: ${root.message}; check it`, 'closed')
  const late = /timeout/i.test(root.name) ? 'it did not answer in time' : undefined
  const line = late ?? `it cannot be reached (${screenLine(root.message || root.name)})`
  return new RemoteError(`${shown}: ${line}; see to the network and ${again}`, 'passing', { cause: error })
}

function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error))
  while (root.cause instanceof Error) root = root.cause
  return root instanceof AggregateError && root.errors[0] instanceof Error ? root.errors[0] : root
}
