import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InputError } from '../schemas/input-error.ts'
import { safeHeaders } from './policy.ts'

/** What the server does at one path. */
export interface DeskRoute {
  method: 'GET' | 'POST'
  /** Below the token, such as `tables/rows.parquet`. */
  path: string
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export interface DeskServer extends AsyncDisposable {
  /** With the token: whoever has it may read. */
  url: string
}

/**
 * Serves `routes` on loopback, below a path that only who was told it knows. Throws InputError where the port is taken.
 */
export async function serveDesk(routes: readonly DeskRoute[], port = 0): Promise<DeskServer> {
  const token = randomBytes(16).toString('hex')
  const server = createServer((request, response) => void answered(request, response, routes, token))
  const listening = once(server, 'listening')
  server.listen(port, '127.0.0.1')
  await listening.catch(error => {
    throw new InputError([`port ${port} cannot be taken (${error.code}); give another --port, or none`])
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/${token}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly DeskRoute[],
  token: string,
): Promise<void> {
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value)
  const path = pathBelow(token, request.url ?? '')
  if (!isLoopback(request.headers.host) || path === undefined) return refuse(response, 403)
  const here = routes.filter(route => route.path === path)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = here.find(each => each.method === method)
  if (!route) return refuse(response, here.length > 0 ? 405 : 404)
  await route.answer(request, response).catch(() => {
    if (response.headersSent) response.destroy()
    else refuse(response, 500)
  })
}

/**
 * A page elsewhere may have a name that leads to this machine, and then is of one origin with this server; the name
 * still stands in `Host`. The port is another one where somebody forwards it.
 */
const isLoopback = (host = ''): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)

function pathBelow(token: string, url: string): string | undefined {
  const { pathname } = new URL(url, 'http://127.0.0.1')
  const start = `/${token}/`
  return pathname.startsWith(start) ? decoded(pathname.slice(start.length)) : undefined
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}
