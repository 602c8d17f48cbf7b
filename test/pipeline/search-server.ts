import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Service, ServiceError } from '../../tools/service.ts'
import type { TextHit, TextProvider } from '../../tools/text-search.ts'

export type Found = TextHit & { link?: string }

/** What the server answers to a query: hits, a status with seconds to wait, or nothing for ever. */
export type Answering = (
  query: string,
  number: number,
) => Found[] | { status: number; wait?: number } | 'hang'

export const hit = (id: string, changes: Partial<Found> = {}): Found => ({
  id,
  title: `About ${id}`,
  snippet: `It says ${id}.`,
  licence: 'CC0-1.0',
  score: 1,
  ...changes,
})

/** A search engine on loopback, and the provider that asks it. */
export async function searchServer(answer: Answering = query => [hit(query)]) {
  const asked: string[] = []
  const load = { now: 0, most: 0 }
  const given = { up: 0 }
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams.get('q') ?? ''
    asked.push(query)
    load.most = Math.max(load.most, ++load.now)
    response.on('close', () => {
      load.now--
      if (!response.writableFinished) given.up++
    })
    const said = answer(query, asked.length)
    if (said === 'hang') return
    if (Array.isArray(said)) response.end(JSON.stringify(said))
    else
      response
        .writeHead(said.status, said.wait === undefined ? {} : { 'retry-after': String(said.wait) })
        .end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    asked,
    load,
    given,
    provider: (changes: Partial<Service> = {}) => searchEngine(url, changes),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Asks a server such as the one above. Its address is no part of what it is. */
export const searchEngine = (url: string, changes: Partial<Service> = {}): TextProvider => ({
  name: 'engine',
  options: { country: 'us' },
  usdPerCall: 0,
  async search(query, _top, signal) {
    const response = await fetch(`${url}?q=${encodeURIComponent(query)}`, { signal }).catch(cause => {
      signal.throwIfAborted()
      throw new ServiceError('engine: it cannot be reached', { transient: true, cause })
    })
    if (response.ok) return (await response.json()) as TextHit[]
    const { status, headers } = response
    const wait = headers.get('retry-after')
    throw new ServiceError(`engine:\n\u001b[2J${status} of ${query}`, {
      transient: status >= 500 || status === 429,
      status,
      ...(wait !== null && { retryAfterMs: 1000 * Number(wait) }),
    })
  },
  ...changes,
})
