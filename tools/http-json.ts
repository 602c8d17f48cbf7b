import { retryAfterMs } from './retry-after.ts'
import { ServiceError } from './service.ts'

/** One request to a service that answers in JSON. */
export interface JsonRequest {
  /** What errors name. */
  service: string
  url: string | URL
  init?: { method?: string; headers?: Record<string, string>; body?: string }
  signal: AbortSignal
  /** Bytes of the answer, unpacked. 5 MB by default. */
  maxBytes?: number
  /** For the whole answer. Half a minute by default. */
  timeoutMs?: number
}

/** Statuses after which another try may succeed (RFC 9110, RFC 6585), beside those of the server's own faults. */
const passing = [408, 425, 429]

/**
 * The JSON that a service answers. Throws ServiceError, in one line without any key, for an address that does not answer in
 * time, a status other than 2xx, an answer that is too large and one that is no JSON. A redirect is refused, because the
 * headers with the key would follow it.
 */
export async function getJson(request: JsonRequest): Promise<unknown> {
  const { service, url, init, signal, timeoutMs = 30_000 } = request
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, deadline]),
    })
    if (!response.ok) throw refusal(response, await textOf(response, request).catch(() => ''), request)
    return parsed(await textOf(response, request), response, service)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ServiceError) throw error
    const late = deadline.aborted && `it did not answer within ${timeoutMs / 1000} s`
    throw new ServiceError(`${service}: ${late || broken(error)}`, { transient: true, cause: error })
  }
}

async function textOf({ body }: Response, { service, maxBytes = 5_000_000 }: JsonRequest): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length > maxBytes)
      throw new ServiceError(`${service}: its answer is larger than ${maxBytes} bytes`, { transient: false })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function parsed(body: string, { headers }: Response, service: string): unknown {
  const type = headers.get('content-type') ?? 'no content type'
  if (!/\bjson\b/i.test(type))
    throw new ServiceError(
      `${service}: it answered ${inOneLine(type)} in place of JSON; is its address right?`,
      {
        transient: false,
      },
    )
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new ServiceError(`${service}: its answer is not JSON`, { transient: false, cause })
  }
}

function refusal(
  { status, statusText, headers }: Response,
  body: string,
  request: JsonRequest,
): ServiceError {
  const transient = passing.includes(status) || status >= 500
  const wait = transient ? retryAfterMs(headers) : undefined
  const said = withoutSecrets(saidIn(body) ?? statusText, request)
  return new ServiceError(`${request.service}: ${inOneLine(`${status} ${said}`)}`, {
    transient,
    ...(wait !== undefined && { retryAfterMs: wait }),
  })
}

/** The sentence in an error's body, wherever services put it. Pages and other texts are not quoted. */
function saidIn(body: string): string | undefined {
  try {
    const { error, message, detail } = JSON.parse(body)
    const candidates = [error?.message, error?.detail, error, message, detail?.error, detail]
    return candidates.find(said => typeof said === 'string' && said !== '')
  } catch {
    return undefined
  }
}

/** Some services quote the key that they refuse. Whatever was sent in a header or in the address may be one. */
function withoutSecrets(text: string, { url, init }: JsonRequest): string {
  const sent = [...Object.values(init?.headers ?? {}), ...new URL(url).searchParams.values()]
  return sent
    .flatMap(value => [value, ...value.split(' ')])
    .filter(value => value.length >= shortestKey)
    .reduce((left, value) => left.replaceAll(value, '(…)'), text)
}

/** Characters. What is shorter is a number or a word. */
const shortestKey = 8

function broken(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return `it cannot be reached (${inOneLine(root instanceof Error ? root.message || root.name : String(root))})`
}

const inOneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300)
