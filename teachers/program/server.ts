import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { validator } from '../../schemas/validate.ts'
import { type Mind, modelName, respond } from './respond.ts'
import { ChatRequest, WireError } from './wire.ts'

/** The program, listening. */
export interface ProgramServer extends AsyncDisposable {
  /** Base URL for a client: `http://127.0.0.1:<port>/v1`. */
  url: string
}

/** Bytes of a request, images included. */
const maxBody = 256 * 1024 * 1024

/**
 * Serve the program on loopback, on a free port, in the wire format of OpenAI's Chat Completions (not streaming).
 * It does not keep the process alive.
 */
export async function serveProgram(mind: Mind): Promise<ProgramServer> {
  const server = createServer((request, response) => void answer(request, response, mind))
  server.keepAliveTimeout = 0
  server.on('connection', socket => socket.unref())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, mind: Mind): Promise<void> {
  try {
    send(response, 200, await route(request, mind))
  } catch (error) {
    const known = error instanceof WireError
    const status = known ? error.status : 500
    const { message } = error instanceof Error ? error : new Error(String(error))
    const type = known ? 'invalid_request_error' : 'server_error'
    const { param = null, code = null } = known ? error : {}
    send(response, status, { error: { message, type, param, code } })
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const model = { id: modelName, object: 'model', created: 0, owned_by: 'kindling' }

async function route(request: IncomingMessage, mind: Mind): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const asked = `${request.method} ${pathname}`
  if (asked === 'POST /v1/chat/completions') return respond(await chatRequest(request), mind)
  if (asked === 'GET /v1/models') return { object: 'list', data: [model] }
  if (asked === `GET /v1/models/${modelName}`) return model
  if (asked.startsWith('GET /v1/models/')) throw noSuchModel(pathname.slice('/v1/models/'.length))
  throw new WireError(404, `Invalid URL (${asked})`)
}

const noSuchModel = (name: string): WireError =>
  new WireError(404, `The model '${name}' does not exist; there is only '${modelName}'.`, {
    param: 'model',
    code: 'model_not_found',
  })

const validate = validator(ChatRequest)

async function chatRequest(request: IncomingMessage): Promise<ChatRequest> {
  const checked = validate(parse(await readBody(request)))
  if (!checked.ok) {
    throw new WireError(400, `Invalid '${checked.field}': ${checked.message}`, { param: checked.field })
  }
  if (checked.value.model !== modelName) throw noSuchModel(checked.value.model)
  return checked.value
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new WireError(400, 'We could not parse the JSON body of your request.')
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBody) throw new WireError(413, `A request is at most ${maxBody} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
