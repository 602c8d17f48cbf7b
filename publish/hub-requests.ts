import { fetch, type RequestInit, type Response } from 'undici'
import { isObject, parseJson } from '../schemas/json.ts'
import { screenLine } from '../schemas/screen-line.ts'
import { persistently } from '../tasks/remote/persistently.ts'
import { again, RemoteError, refusalOf, unreachable } from '../tasks/remote/remote-error.ts'
import { wayTo } from '../tasks/remote/web.ts'
import type { Errand } from './errand.ts'
import { countedBlob, isUnreadable, type Sent } from './sending.ts'

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
      return success(await once(new URL(String(input)), { access, errand, tell }, init), access)
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
    return await fetch(at, {
      ...init,
      ...(body instanceof Blob && { body: countedBlob(body, count) }),
      headers: [...headers],
      dispatcher: await wayTo(at, named, errand.routes),
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    tell(-went)
    throw isUnreadable(error) ? error : unreachable(access.shown, error)
  }
}

async function success(response: Response, { endpoint, shown }: HubAccess): Promise<Response> {
  const { ok, status, statusText, headers, url } = response
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
  const key = new URL(url).origin === new URL(endpoint).origin ? writing : again
  throw refusalOf({ status, said, headers }, shown, key)
}

function saidIn(text: string): string | undefined {
  const told = parseJson(text)
  const error = isObject(told) ? (told.error ?? told.message) : undefined
  return typeof error === 'string' ? error : undefined
}
