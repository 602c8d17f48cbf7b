import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import send from 'send'
import { type Desk, deskList } from './desk.ts'
import { type LabelPlace, labelRoutes } from './label-routes.ts'
import type { PageFiles } from './page-files.ts'
import { handOn, type RemoteDesk } from './remote-desk.ts'
import type { DeskRoute } from './server.ts'

const types = {
  'index.html': 'text/html; charset=utf-8',
  'view.js': 'text/javascript; charset=utf-8',
  'plots.js': 'text/javascript; charset=utf-8',
  'view.css': 'text/css; charset=utf-8',
}

/** Everything that the page asks for: itself, what is on the desk, and each file of it by ranges. */
export function deskRoutes(desk: Desk | RemoteDesk, page: PageFiles, labels?: LabelPlace): DeskRoute[] {
  return [
    text('', types['index.html'], page['index.html']),
    ...Object.entries(types).map(([file, type]) => text(file, type, page[file as keyof PageFiles])),
    text('desk.json', 'application/json', deskList(desk, labels !== undefined)),
    ...desk.files.map(({ path }) => ('bytesOf' in desk ? farFile(desk, path) : file(desk.folder, path))),
    ...(labels ? labelRoutes(labels) : []),
  ]
}

function text(path: string, type: string, content: string): DeskRoute {
  const [plain, packed] = [Buffer.from(content), gzipSync(content)]
  return {
    method: 'GET',
    path,
    async answer({ headers }, response) {
      const packs = /\bgzip\b/.test(String(headers['accept-encoding']))
      if (packs) response.setHeader('content-encoding', 'gzip')
      response.writeHead(200, { 'content-type': type, vary: 'accept-encoding' }).end(packs ? packed : plain)
    },
  }
}

const file = (folder: string, path: string): DeskRoute => ({
  method: 'GET',
  path,
  answer: (request, response) => sent(request, response, folder, path),
})

const farFile = (desk: RemoteDesk, path: string): DeskRoute => ({
  method: 'GET',
  path,
  answer: (request, response) => handOn(request, response, { desk, path }),
})

function sent(request: IncomingMessage, response: ServerResponse, root: string, path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('close', resolve)
  send(request, encodeURI(path), { root, dotfiles: 'allow', index: false, cacheControl: false })
    // Such as a part that lies behind the end of the file.
    .on('error', ({ status = 500 }: { status?: number }) => void response.writeHead(status).end())
    .pipe(response)
  return promise
}
