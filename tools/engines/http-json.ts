import { parseJson } from '../../schemas/json.ts'
import { ServiceError } from '../service.ts'
import { oneLine } from '../text-search.ts'
import { boundedBytes, reaching, statusFault } from '../web/http-call.ts'

/** One request to a service that answers in JSON. */
export interface JsonRequest {
  /** What errors name. */
  service: string
  url: string | URL
  init?: { method?: string; headers?: Record<string, string>; body?: string | Blob | FormData }
  signal: AbortSignal
  /** Bytes of the answer, unpacked. 5 MB by default. */
  maxBytes?: number
  /** For the whole answer. Half a minute by default. */
  timeoutMs?: number
}

/**
 * The JSON that a service answers. Throws ServiceError, in one line without any key, for an address that does not
 * answer in time, a status other than 2xx, an answer that is too large and one that is no JSON. A redirect is refused,
 * because the headers with the key would follow it.
 */
export function getJson(request: JsonRequest): Promise<unknown> {
  const { service, url, init, signal, maxBytes = 5_000_000, timeoutMs = 30_000 } = request
  return reaching({ service, signal, timeoutMs }, async signal => {
    const response = await fetch(url, { ...init, redirect: 'manual', signal })
    const body = boundedBytes(response, service, maxBytes).then(bytes => bytes.toString('utf8'))
    if (response.ok) return parsed(await body, response, service)
    const said = saidIn(await body.catch(() => '')) ?? response.statusText
    throw statusFault(response, withoutSecrets(said, request), service)
  })
}

function parsed(body: string, { headers }: Response, service: string): unknown {
  const type = headers.get('content-type') ?? 'no content type'
  if (!/\bjson\b/i.test(type))
    throw new ServiceError(
      `${service}: it answered ${oneLine(type)} in place of JSON; is its address right?`,
      {
        transient: false,
      },
    )
  const answer = parseJson(body)
  if (answer === undefined) throw new ServiceError(`${service}: its answer is not JSON`, { transient: false })
  return answer
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

/** Some services quote the key that they refuse. Anything that was sent in a header or in the address may be one. */
function withoutSecrets(text: string, { url, init }: JsonRequest): string {
  const sent = [...Object.values(init?.headers ?? {}), ...new URL(url).searchParams.values()]
  return sent
    .flatMap(value => [value, ...value.split(' ')])
    .filter(value => value.length >= shortestKey)
    .reduce((left, value) => left.replaceAll(value, '(…)'), text)
}

/** Characters. A shorter text is a number or a word. */
const shortestKey = 8
