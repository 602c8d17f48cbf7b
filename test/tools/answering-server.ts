import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
export interface Arrived {
  method: string
  /** Path with query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  /** Objects are sent as JSON. */
  body?: unknown
}

/** A real server that answers as it is told and remembers what arrived. `hang` never answers; `cut` ends halfway. */
export async function answeringServer(answer: (arrived: Arrived) => Answer | 'hang' | 'cut') {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: await text(request) }
    arrived.push(one)
    const given = answer(one)
    if (given === 'hang') return
    if (given === 'cut') {
      response.writeHead(200, { 'content-type': 'text/json' })
      response.write('{"results": [', () => response.destroy())
      return
    }
    const { status = 200, body = '' } = given
    const plain = typeof body === 'string' || body instanceof Uint8Array
    const type = plain ? 'text/html; charset=utf-8' : 'application/json'
    response.writeHead(status, { 'content-type': type, ...given.headers })
    response.end(plain ? body : JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
