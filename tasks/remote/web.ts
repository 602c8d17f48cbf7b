import { lookup } from 'node:dns/promises'
import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici'
import { again, NotPublic, RemoteError, refusalOf, unreachable } from '../../store/remote/remote-error.ts'
import { enduring } from './enduring.ts'
import type { ByteRange } from './place.ts'
import { isPublic } from './public-address.ts'
import type { Routes } from './reach.ts'

/** Milliseconds until a connection stands, and in which a server says nothing. */
const patience = { connect: 15_000, silence: 60_000 }

export function usualRoutes(mayBeReached = isPublic, { connect, silence } = patience): Routes {
  const times = { headersTimeout: silence, bodyTimeout: silence }
  const guarded: LookupFunction = (host, { all }, done) => {
    addressesOf(host).then(
      found => {
        const [first] = found
        if (!first || !found.every(mayBeReached)) done(new NotPublic(host), [])
        else if (all)
          done(
            null,
            found.map(address => ({ address, family: isIPv6(address) ? 6 : 4 })),
          )
        else done(null, first, isIPv6(first) ? 6 : 4)
      },
      error => done(error, []),
    )
  }
  return {
    anywhere: new EnvHttpProxyAgent({ ...times, connect: enduring({ timeout: connect }) }),
    outside: new EnvHttpProxyAgent({ ...times, connect: enduring({ timeout: connect, lookup: guarded }) }),
    isPublic: mayBeReached,
  }
}

const addressesOf = async (host: string) => (await lookup(host, { all: true })).map(({ address }) => address)

interface Get {
  shown: string
  key: string
  routes: Routes
  signal: AbortSignal
  headers?: Record<string, string>
  /** Headers for the server that is named, and for no other that it redirects to. */
  secret?: Record<string, string>
}

const mostRedirects = 5

/**
 * Asks a server. It may redirect, but not to anything but http(s), from https to http, or from the public web into this
 * network. Rejects with RemoteError for anything but a success.
 */
export async function get(url: URL, asked: Get): Promise<Response> {
  let at = url
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await once(at, url, asked)
    const next = redirected(response, at)
    if (!next) return success(response, asked, at.origin !== url.origin)
    await response.body?.cancel()
    refuseDetour(at, next, asked.shown)
    at = next
  }
  throw new RemoteError(
    `${asked.shown}: it is redirected more than ${mostRedirects} times; check it`,
    'closed',
  )
}

async function once(at: URL, named: URL, { shown, routes, signal, headers, secret }: Get): Promise<Response> {
  const own = at.origin === named.origin
  try {
    return await fetch(at, {
      dispatcher: await wayTo(at, named, routes),
      redirect: 'manual',
      signal,
      // As it is: only then is a length that of the file, and can a part be asked for.
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'kindling',
        ...headers,
        ...(own ? secret : {}),
      },
    })
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(shown, error)
  }
}

/** How an address is reached that a server named: one of the public web leads nowhere into this network. */
export const wayTo = async (at: URL, named: URL, routes: Routes): Promise<Dispatcher> =>
  at.origin === named.origin || (await isInside(named, routes)) ? routes.anywhere : outside(at, routes)

const literal = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1')

async function isInside(named: URL, { isPublic }: Routes): Promise<boolean> {
  const host = literal(named)
  const addresses = isIP(host) ? [host] : await addressesOf(host)
  return !addresses.every(isPublic)
}

/** An address in place of a name is looked up by nobody, so it is looked at here. */
function outside(at: URL, { isPublic, outside }: Routes): Dispatcher {
  const host = literal(at)
  if (isIP(host) && !isPublic(host)) throw new NotPublic(host)
  return outside
}

function redirected({ status, headers }: Response, from: URL): URL | null {
  const location = status >= 300 && status < 400 ? headers.get('location') : null
  return location === null ? null : URL.parse(location, from.href)
}

function refuseDetour(from: URL, to: URL, shown: string) {
  const fine = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
  if (!fine)
    throw new RemoteError(
      `${shown}: it is redirected to ${to.protocol}, which is not followed; check it`,
      'closed',
    )
}

/** Where it was sent on, the address was made for this request: a refusal there is one that another try may mend. */
async function success(response: Response, { shown, key }: Get, wasSentOn: boolean): Promise<Response> {
  if (response.ok) return response
  const { status, statusText, headers } = response
  await response.body?.cancel()
  if (wasSentOn && status === 403)
    throw new RemoteError(`${shown}: where it is redirected to, it is refused (403); ${again}`, 'passing')
  throw refusalOf({ status, headers, said: headers.get('x-error-message') ?? statusText }, shown, key)
}

/** The header that asks for a part (RFC 9110, 14.2); none for all. */
export const rangeHeader = ({ start, end }: ByteRange): { range?: string } =>
  start > 0 || end !== undefined ? { range: `bytes=${start}-${end === undefined ? '' : end - 1}` } : {}

/** The bytes of an answer; what breaks them off is a RemoteError. */
export async function* bodyOf(body: AsyncIterable<Uint8Array> | null, shown: string, signal: AbortSignal) {
  try {
    yield* body ?? []
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(shown, error)
  }
}
