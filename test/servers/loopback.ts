import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What a server sends. `after` is what it does after that: `hang` leaves the connection open, `cut` breaks it. */
export interface Said {
  status?: number
  headers?: Record<string, string | string[]>
  /** A text goes as it is, anything else as JSON. */
  body?: unknown
  /** In place of a body: pieces that are written one by one. */
  pieces?: readonly (string | Uint8Array)[]
  after?: 'end' | 'cut' | 'hang'
}

type Body = Record<string, unknown>

/** A server on loopback, which tells how many requests came. `path` is given without what stands after `?`. */
export async function loopback(answer: (body: Body, number: number, path: string) => Said) {
  let arrived = 0
  const server = await listening(async (request, response) => {
    const body = request.method === 'POST' ? ((await json(request)) as Body) : {}
    const [path = ''] = (request.url ?? '').split('?')
    await send(response, answer(body, ++arrived, path))
  })
  return { ...server, arrived: () => arrived }
}

/** A server on loopback. Disposed, it breaks off what is still open. */
export async function listening(handle: RequestListener) {
  const server = createServer(handle)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function send(response: ServerResponse, { status = 200, headers, body, pieces, after = 'end' }: Said) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.flushHeaders()
  for (const piece of pieces ?? [typeof body === 'string' ? body : JSON.stringify(body ?? '')])
    await new Promise<void>(resolve => response.write(piece, () => resolve()))
  if (after === 'cut') response.destroy()
  if (after === 'end') response.end()
}
