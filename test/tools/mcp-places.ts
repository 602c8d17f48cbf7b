import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createListener, type Socket } from 'node:net'
import { join } from 'node:path'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { McpCommand } from '../../tools/mcp/server.ts'
import { makeServer } from './mcp-server.ts'

/** The test server as a child process. */
export const child = (...args: string[]): McpCommand => ({
  command: process.execPath,
  args: [join(import.meta.dirname, 'mcp-server.ts'), ...args],
})

/** The test server over HTTP, on loopback; `asked` are the headers of what was asked. With `key` it wants that as `x-key`. */
export async function served({ port = 0, key = '', changed = {} } = {}) {
  const handler = createMcpHandler(() => makeServer({ changed }))
  const answer = toNodeHandler(handler)
  const asked: NodeJS.Dict<string | string[]>[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    if (key && request.headers['x-key'] !== key) response.writeHead(401).end()
    else void answer(request as Parameters<typeof answer>[0], response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  async function stop() {
    if (!server.listening) return
    await handler.close()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${bound}/mcp`, port: bound, asked, stop, [Symbol.asyncDispose]: stop }
}

/** Where test servers report that they live: `LIFELINE` is the port. */
export async function lifeline() {
  const lives: Promise<unknown>[] = []
  const silent = Promise.withResolvers<void>()
  const listener = createListener((socket: Socket) => {
    lives.push(once(socket, 'close'))
    socket.on('data', () => silent.resolve()).on('error', () => {})
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    /** A silent call has begun. */
    silent: silent.promise,
    /** Settles with how many there were when all of them have ended. */
    ended: async () => (await Promise.all(lives)).length,
    [Symbol.asyncDispose]: async () => void listener.close(),
  }
}
