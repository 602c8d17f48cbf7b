import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { hashOf } from '../../schemas/hash.ts'
import type { Arrived } from './wire-server.ts'

type Body = Arrived['body']

/** What becomes of one request of a batch; nothing where the batch ends before its turn comes. */
export type Fate = { status: number; body: unknown } | undefined

export interface BatchServerOptions {
  answer(body: Body, submission: number): Fate | Promise<Fate>
  /** How a batch ends, by its number from 1. */
  end?(number: number): 'completed' | 'failed' | 'expired' | 'cancelled'
  /** What to do instead of answering, to break a request: `cut` after the work is done. */
  trouble?(asked: string, number: number): number | 'cut' | undefined
}

interface Batch {
  id: string
  status: string
  metadata: unknown
  input_file_id: string
  output_file_id?: string
  error_file_id?: string
  errors?: unknown
}

/**
 * A server with the documented life cycle of OpenAI's files and batches, and Chat Completions beside it. A batch goes
 * one step further each time it is looked at.
 */
export async function batchServer({ answer, end = () => 'completed', trouble }: BatchServerOptions) {
  const files = new Map<string, string>()
  const batches: Batch[] = []
  const asked = new Map<string, number>()
  const online: Body[] = []
  const events = new EventEmitter()
  const counts = new Map<string, number>()

  async function fateOf(body: Body): Promise<Fate> {
    const key = hashOf(body)
    asked.set(key, (asked.get(key) ?? 0) + 1)
    return answer(body, asked.get(key) ?? 0)
  }

  const keep = (name: string, lines: unknown[]) => {
    files.set(name, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    return name
  }

  async function finish(batch: Batch): Promise<void> {
    batch.status = end(batches.indexOf(batch) + 1)
    if (batch.status === 'failed') {
      batch.errors = {
        object: 'list',
        data: [{ code: 'token_limit_exceeded', message: 'Enqueued token limit reached' }],
      }
      return
    }
    const lines = (files.get(batch.input_file_id) ?? '')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    const done = await Promise.all(
      lines.map(async ({ custom_id, body }) => ({ custom_id, fate: await fateOf(body) })),
    )
    const written = done.map(({ custom_id, fate }) => {
      const response = fate ? { status_code: fate.status, request_id: 'r', body: fate.body } : null
      const error = fate
        ? null
        : {
            code: 'batch_expired',
            message: 'This request could not be executed before the completion window expired.',
          }
      return { id: 'l', custom_id, response, error }
    })
    const right = written.filter(({ response }) => response?.status_code === 200)
    const wrong = written.filter(({ response }) => response?.status_code !== 200)
    if (right.length > 0) batch.output_file_id = keep(`${batch.id}-output`, right.reverse())
    if (wrong.length > 0) batch.error_file_id = keep(`${batch.id}-errors`, wrong)
  }

  async function step(batch: Batch): Promise<Batch> {
    if (batch.status === 'validating') batch.status = 'in_progress'
    else if (batch.status === 'in_progress') batch.status = 'finalizing'
    else if (batch.status === 'finalizing') await finish(batch)
    return batch
  }

  async function create(body: { input_file_id: string; metadata?: unknown }): Promise<Batch> {
    const batch = {
      id: `batch_${batches.length + 1}`,
      status: 'validating',
      metadata: body.metadata ?? null,
      input_file_id: body.input_file_id,
    }
    batches.push(batch)
    return batch
  }

  async function respond(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const raw = await buffer(request)
    const route = `${request.method} ${path.replace(/(batch_|file-)[\w-]+/, '*')}`
    const id = /((batch_|file-)[\w-]+)/.exec(path)?.[1] ?? ''
    if (route === 'POST /v1/files') {
      const form = await new Response(raw, {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData()
      const file = `file-${files.size + 1}`
      files.set(file, await (form.get('file') as File).text())
      return { id: file, object: 'file', purpose: form.get('purpose') }
    }
    if (route === 'POST /v1/batches') return create(JSON.parse(raw.toString()))
    if (route === 'GET /v1/batches') return { object: 'list', data: [...batches].reverse(), has_more: false }
    if (route === 'GET /v1/batches/*') return step(batches.find(batch => batch.id === id) as Batch)
    if (route === 'GET /v1/files/*/content') return files.get(id)
    if (route !== 'POST /v1/chat/completions') throw new Error(`nothing at ${route}`)
    online.push(JSON.parse(raw.toString()))
    return (await fateOf(JSON.parse(raw.toString())))?.body
  }

  const server = createServer(async (request, response) => {
    events.emit('event')
    events.emit('request')
    const route = `${request.method} ${(request.url ?? '').split('?')[0]?.replace(/(batch_|file-)[\w-]+/, '*')}`
    counts.set(route, (counts.get(route) ?? 0) + 1)
    const problem = trouble?.(route, counts.get(route) ?? 0)
    if (typeof problem === 'number') {
      request.resume()
      response.writeHead(problem, { 'content-type': 'application/json', 'retry-after-ms': '1' })
      response.end(JSON.stringify({ error: { message: 'trouble' } }))
      return
    }
    const body = await respond(request).catch(error => {
      // Whoever asked was killed over it.
      if (!request.destroyed) throw error
    })
    if (problem === 'cut') response.destroy()
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body))
    events.emit('event')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    batches,
    /** How many requests each batch held. */
    sizes: () => batches.map(batch => (files.get(batch.input_file_id) ?? '').trim().split('\n').length),
    /** How often each request was answered, or given up. */
    asked,
    online,
    events,
    counts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
