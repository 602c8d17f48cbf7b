import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listening } from '../servers/loopback.ts'

/** What becomes of a request: it is handed on, refused with a status, or its connection ends before it is heard or after that. */
export type Fate = 'handed on' | number | 'reset' | 'cut off' | 'answer lost' | 'conditions lost'

/**
 * Stands between a client and a server of buckets. `heard` are the requests, with the bytes that came and went. The
 * server's clock goes `ahead` by so many milliseconds.
 */
export async function bucketProxy(origin: string) {
  const heard: { asked: string; sent: number; received: number; status?: number }[] = []
  const state = { fate: (_asked: string): Fate | Promise<Fate> => 'handed on', ahead: 0 }
  const server = await listening(async (request, response) => {
    const asked = `${request.method} ${request.url}`
    const body = await buffer(request)
    const fate = await state.fate(asked)
    const seen: (typeof heard)[number] = { asked, sent: body.length, received: 0 }
    heard.push(seen)
    if (typeof fate === 'number') return response.writeHead(fate).end()
    if (fate === 'reset') return request.socket.resetAndDestroy()
    if (fate === 'cut off') return response.destroy()
    const answer = await fetch(`${origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headersOf(request, fate === 'conditions lost'),
      ...(request.method === 'PUT' && { body }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (fate === 'answer lost') return response.destroy()
    seen.received = bytes.length
    seen.status = answer.status
    const date = new Date(Date.parse(answer.headers.get('date') ?? '') + state.ahead).toUTCString()
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), date }).end(bytes)
  })
  return { ...server, heard, state }
}

const headersOf = ({ headers }: IncomingMessage, unconditional: boolean): [string, string][] =>
  Object.entries(headers)
    .filter(([name]) => !/^(host|connection|expect|content-length)$/.test(name))
    .filter(([name]) => !(unconditional && name === 'if-none-match'))
    .map(([name, value]) => [name, String(value)])
