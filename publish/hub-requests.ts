import { fetch, type RequestInit, type Response } from 'undici'
import { isObject, parseJson } from '../schemas/json.ts'
import { screenLine } from '../schemas/screen-line.ts'
import { persistently } from '../store/remote/persistently.ts'
import { countedBlob, isUnreadable, type Sent } from '../store/remote/put-blob.ts'
import { again, RemoteError, refusalOf, unreachable } from '../store/remote/remote-error.ts'
import { wayTo } from '../tasks/remote/web.ts'
import type { Errand } from './errand.ts'

/** The Hub that is asked: its address, and whose token is shown to it and to nobody else. */
export interface HubAccess {
  endpoint: string
  token: string
  /** What is pushed to, as it is written. */
  shown: string
}

export const writing = 'set HF_TOKEN to a token that may write to it'

/**
 * `fetch` for the Hub's client, and for the storage that the Hub sends it to. What fails for a reason that may pass is
 * asked again. Rejects with RemoteError for anything but a success; `tell` hears of bytes that go.
 */
export function hubRequests(
  access: HubAccess,
  errand: Errand,
  tell: Sent = () => {},
): typeof globalThis.fetch {
  const ask = (input: unknown, init: RequestInit = {}) =>
    persistently(errand, async () => {
      errand.check()
      const response = await once(new URL(String(input)), { access, errand, tell }, init)
      return mayBeMissing(response, init, access) ? response : success(response, access)
    })
  return ask as never
}

interface Asking {
  access: HubAccess
  errand: Errand
  tell: Sent
}

async function once(at: URL, { access, errand, tell }: Asking, init: RequestInit): Promise<Response> {
  const named = new URL(access.endpoint)
  const headers = new Headers(init.headers as never)
  headers.set('user-agent', 'kindling')
  if (at.origin === named.origin) headers.set('authorization', `Bearer ${access.token}`)
  const signal = AbortSignal.any([errand.signal, ...(init.signal ? [init.signal] : [])])
  let went = 0
  const count: Sent = bytes => {
    went += bytes
    tell(bytes)
  }
  const { body } = init
  try {
    const answer = await fetch(at, {
      ...init,
      headers: [...headers],
      dispatcher: await wayTo(at, named, errand.routes),
      redirect: 'manual',
      ...(body instanceof Blob && streamed(countedBlob(body, count))),
      signal,
    })
    // A block of several files' bytes, as Xet's storage takes them.
    if (body instanceof Uint8Array) tell(body.length)
    return answer
  } catch (error) {
    signal.throwIfAborted()
    tell(-went)
    throw isUnreadable(error) ? error : unreachable(access.shown, error)
  }
}

/** What may have to go to another address is held in memory until then; storage that the Hub names sends nobody on. */
const streamed = (body: Blob) => ({ body, redirect: 'error', window: null }) as const

/** Storage is asked whether it has a block of bytes already. */
const mayBeMissing = ({ status, url }: Response, { method = 'GET' }: RequestInit, { endpoint }: HubAccess) =>
  status === 404 && method === 'GET' && new URL(url).origin !== new URL(endpoint).origin

async function success(response: Response, { endpoint, shown }: HubAccess): Promise<Response> {
  const { ok, status, statusText, headers, url } = response
  const isOwn = new URL(url).origin === new URL(endpoint).origin
  if (ok) return response
  const text = screenLine(await response.text().catch(() => ''))
  const said = headers.get('x-error-message') ?? saidIn(text) ?? statusText
  const line = (cure: string) => `${shown}: ${screenLine(`${status} ${said}`)}; ${cure}`
  if (status >= 300 && status < 400)
    throw new RemoteError(line('it has moved; push to where it is now'), 'closed')
  // Another commit is under way.
  if (status === 409) throw new RemoteError(line(again), 'passing')
  if (status === 412) throw new RemoteError(line('somebody else changed it meanwhile; push again'), 'changed')
  // Addresses for bytes are made for one request, and hold for a while.
  throw refusalOf({ status, said, headers }, shown, isOwn ? writing : again)
}

function saidIn(text: string): string | undefined {
  const told = parseJson(text)
  const error = isObject(told) ? (told.error ?? told.message) : undefined
  return typeof error === 'string' ? error : undefined
}

/** An error of the Hub's client in a line, where it is about what the Hub said; any other is as it is. */
export function faultOfHub(error: unknown, shown: string): unknown {
  if (error instanceof SyntaxError || error instanceof TypeError) {
    const line = 'this is not how the Hub answers; check HF_ENDPOINT and the network'
    return new RemoteError(`${shown}: ${line}`, 'closed', { cause: error })
  }
  if (!(error instanceof Error && 'statusCode' in error)) return error
  return new RemoteError(`${shown}: ${screenLine(error.message)}; ${writing}`, 'closed', { cause: error })
}
