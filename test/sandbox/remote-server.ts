import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

type Json = Record<string, unknown>

/** An HTTP server on this machine that answers JSON with JSON, and keeps what it was asked. */
export async function jsonServer(
  answer: (path: string, body: Json) => Promise<{ status?: number; body: unknown }>,
) {
  const asked: { path: string; body: Json }[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Json
    asked.push({ path: request.url ?? '', body })
    const given = await answer(request.url ?? '', body)
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json' })
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
