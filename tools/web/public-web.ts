import { lookup } from 'node:dns/promises'
import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { Agent, fetch, type Response } from 'undici'
import { enduring } from '../../tasks/remote/enduring.ts'
import { isPublic } from '../../tasks/remote/public-address.ts'
import { ServiceError } from '../service.ts'
import { oneLine } from '../text-search.ts'
import { boundedBytes, reaching, statusFault } from './http-call.ts'

/** How the addresses of a host are found, and which of them may be connected to. */
export interface Network {
  resolve(host: string): Promise<string[]>
  mayReach(address: string): boolean
}

export const internet: Network = {
  resolve: async host => (await lookup(host, { all: true })).map(({ address }) => address),
  mayReach: isPublic,
}

/** Which links may be opened. Hosts stand for those below them, too: `example.org` for `www.example.org`. */
export interface Rules {
  /** Where it is given, no other host. */
  allow?: string[]
  /** These never. */
  deny?: string[]
  ports: number[]
}

/** What is fetched, and how much of it. */
interface Visit {
  service: string
  link: URL
  rules: Rules
  network: Network
  signal: AbortSignal
  /** Bytes, unpacked. */
  maxBytes: number
  /** For everything, with redirects. */
  timeoutMs: number
  /** Pages by default. */
  media?: Media
}

/** What may stand at a link. */
export interface Media {
  /** The header that asks for it (RFC 9110, 12.5.1). */
  accept: string
  /** Content types that are taken. */
  types: RegExp
  /** What it is called where it is something else. */
  name: string
}

const pages: Media = {
  accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,text/*;q=0.8',
  types: /^(text\/|application\/xhtml\+xml)/i,
  name: 'page that can be read',
}

/** What stands at a link: where it was in the end, its content type, its bytes. */
interface Visited {
  link: URL
  type: string
  bytes: Buffer
}

const mostRedirects = 5

/**
 * Fetches a link of the public web. Every host on the way, after redirects too, is held to the rules, and the very
 * address that is connected to is the one that was looked at, so that a name whose address changes in between gains
 * nothing. Throws ServiceError for whatever is refused or fails.
 */
export async function visit(asked: Visit): Promise<Visited> {
  const { service, network } = asked
  const agent = new Agent({ connect: enduring({ lookup: guardedLookup(service, network) }) })
  try {
    return await reaching(asked, signal => follow({ ...asked, signal }, agent))
  } finally {
    await agent.destroy()
  }
}

async function follow(
  { service, link, rules, network, signal, maxBytes, media = pages }: Visit,
  agent: Agent,
): Promise<Visited> {
  let url = link
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const refused = ruledOut(url, rules) ?? forbiddenLiteral(url, network)
    if (refused) throw new ServiceError(`${service}: ${refused}`, { transient: false })
    const response = await fetch(url, {
      dispatcher: agent,
      redirect: 'manual',
      signal,
      headers: headersFor(media),
    })
    const next = redirected(response, url)
    if (!next) return await visited(response, url, { service, maxBytes, media })
    await response.body?.cancel()
    url = next
  }
  throw new ServiceError(`${service}: it is redirected more than ${mostRedirects} times`, {
    transient: false,
  })
}

const headersFor = ({ accept }: Media) => ({ accept, 'user-agent': 'Mozilla/5.0 (compatible; kindling)' })

function redirected({ status, headers }: Response, from: URL): URL | null {
  const location = status >= 300 && status < 400 ? headers.get('location') : null
  return location === null ? null : URL.parse(location, from.href)
}

async function visited(
  response: Response,
  link: URL,
  { service, maxBytes, media }: { service: string; maxBytes: number; media: Media },
): Promise<Visited> {
  if (!response.ok) {
    await response.body?.cancel()
    throw statusFault(response, response.statusText, service)
  }
  const type = response.headers.get('content-type') ?? 'text/html'
  if (!media.types.test(type)) {
    await response.body?.cancel()
    const line = `${service}: it is ${oneLine(type).slice(0, 100)}, not a ${media.name}`
    throw new ServiceError(line, { transient: false })
  }
  return { link, type, bytes: await boundedBytes(response, service, maxBytes) }
}

/** Why a link may not be opened, if it may not; as far as that can be told without asking anyone. */
export function ruledOut(url: URL, { allow, deny = [], ports }: Rules): string | undefined {
  const { protocol, username, password, port } = url
  if (!/^https?:$/.test(protocol)) return `only http and https links can be opened, not ${protocol}`
  if (username || password) return 'a link with a user name or password cannot be opened'
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  if (!ports.includes(number)) return `port ${number} cannot be opened`
  const host = url.hostname.replace(/\.$/, '')
  const among = (hosts: string[]) => hosts.some(one => host === one || host.endsWith(`.${one}`))
  if (among(deny) || (allow && !among(allow))) return `pages of ${host} may not be opened`
  return undefined
}

/**
 * An address in place of a name is looked up by nobody, so it is looked at here. URL has made every notation the usual
 * one.
 */
function forbiddenLiteral({ hostname }: URL, { mayReach }: Network): string | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) && !mayReach(address) ? notPublic(hostname) : undefined
}

const notPublic = (host: string) => `${host} is no address of the public web`

function guardedLookup(service: string, { resolve, mayReach }: Network): LookupFunction {
  return (host, { all }, done) => {
    resolve(host).then(
      addresses => {
        const found = addresses.map(address => ({ address, family: isIPv6(address) ? 6 : 4 }))
        const [first] = found
        if (!first) done(new Error(`${host} has no address`), [])
        else if (!addresses.every(mayReach))
          done(new ServiceError(`${service}: ${notPublic(host)}`, { transient: false }), [])
        else if (all) done(null, found)
        else done(null, first.address, first.family)
      },
      error => done(error, []),
    )
  }
}
