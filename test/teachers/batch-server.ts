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
  /** Why a batch fails as a whole. */
  errors?: readonly object[]
  /** What to do instead of answering, to break a request: `cut` after the work is done. */
  trouble?(asked: string, number: number): number | 'cut' | undefined
  /** What is shown in place of a batch. */
  shown?(batch: Batch): object
}

/** As https://platform.openai.com/docs/api-reference/batch/object has it. */
export interface Batch {
  id: string
  object: 'batch'
  endpoint: string
  errors: unknown
  input_file_id: string
  completion_window: '24h'
  status: string
  output_file_id: string | null
  error_file_id: string | null
  created_at: number
  in_progress_at: number | null
  expires_at: number
  finalizing_at: number | null
  completed_at: number | null
  failed_at: number | null
  expired_at: number | null
  cancelling_at: number | null
  cancelled_at: number | null
  request_counts: { total: number; completed: number; failed: number }
  metadata: unknown
}

/** What a service says that has too much to do for a batch of this size. */
export const tooMuchQueued = {
  code: 'token_limit_exceeded',
  line: null,
  message:
    'Enqueued token limit reached for m in organization org-1. Limit: 90,000 enqueued tokens. Please try again once some in_progress batches have been completed.',
  param: null,
}

const seconds = () => Math.floor(Date.now() / 1000)

/** As the service answers to what it does not know. */
const unknownThing = (id: string) => ({
  error: {
    message: `No such ${id.startsWith('file') ? 'File object' : 'Batch object'}: ${id}`,
    type: 'invalid_request_error',
    param: 'id',
    code: null,
  },
})

/**
 * A server with the documented life cycle of OpenAI's files and batches, and Chat Completions beside it. A batch goes
 * one step further each time it is looked at.
 */
export async function batchServer({
  answer,
  end = () => 'completed',
  errors = [{ code: 'invalid_json_line', line: 1, message: 'This line is not parseable.', param: null }],
  trouble,
  shown = batch => batch,
}: BatchServerOptions) {
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
    const status = end(batches.indexOf(batch) + 1)
    batch.status = status
    batch[`${status}_at`] = seconds()
    if (batch.status === 'failed') {
      batch.errors = { object: 'list', data: errors }
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
    batch.request_counts = { total: lines.length, completed: right.length, failed: wrong.length }
    // The service names no file in an empty text, not in null.
    batch.output_file_id = right.length > 0 ? keep(`file-${batch.id}-output`, right.reverse()) : ''
    batch.error_file_id = wrong.length > 0 ? keep(`file-${batch.id}-errors`, wrong) : ''
  }

  async function step(batch: Batch): Promise<Batch> {
    if (batch.status === 'validating') {
      batch.status = 'in_progress'
      batch.in_progress_at = seconds()
    } else if (batch.status === 'in_progress') {
      batch.status = 'finalizing'
      batch.finalizing_at = seconds()
    } else if (batch.status === 'finalizing') await finish(batch)
    return batch
  }

  async function create(body: {
    input_file_id: string
    endpoint: string
    metadata?: unknown
  }): Promise<Batch> {
    const total = (files.get(body.input_file_id) ?? '').trim().split('\n').length
    const batch: Batch = {
      id: `batch_${batches.length + 1}`,
      object: 'batch',
      endpoint: body.endpoint,
      errors: null,
      input_file_id: body.input_file_id,
      completion_window: '24h',
      status: 'validating',
      output_file_id: null,
      error_file_id: null,
      created_at: seconds(),
      in_progress_at: null,
      expires_at: seconds() + 86_400,
      finalizing_at: null,
      completed_at: null,
      failed_at: null,
      expired_at: null,
      cancelling_at: null,
      cancelled_at: null,
      request_counts: { total, completed: 0, failed: 0 },
      metadata: body.metadata ?? null,
    }
    batches.push(batch)
    return batch
  }

  /** The newest come first. */
  function page(address: string) {
    const asked = new URL(address, 'http://here').searchParams
    const newest = [...batches].reverse()
    const from = newest.findIndex(({ id }) => id === asked.get('after')) + 1
    const data = newest.slice(from, from + Number(asked.get('limit') ?? 20))
    const has_more = from + data.length < newest.length
    return {
      object: 'list',
      data: data.map(shown),
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more,
    }
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
      const { name, size } = form.get('file') as File
      const times = { created_at: seconds(), expires_at: null, status: 'processed', status_details: null }
      return {
        id: file,
        object: 'file',
        bytes: size,
        filename: name,
        purpose: form.get('purpose'),
        ...times,
      }
    }
    if (route === 'POST /v1/batches') return shown(await create(JSON.parse(raw.toString())))
    if (route === 'GET /v1/batches') return page(request.url ?? '')
    if (route === 'GET /v1/batches/*') {
      const batch = batches.find(each => each.id === id)
      return batch && shown(await step(batch))
    }
    // Its client asks for a file of no name at an address with nothing in that place.
    if (/^GET \/v1\/files\/(\*\/|\/?)content$/.test(route)) return files.get(id)
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
    const type = { 'content-type': 'application/json' }
    const id = /(?:batch_|file-)[\w-]+/.exec(request.url ?? '')?.[0] ?? ''
    if (problem === 'cut') response.destroy()
    else if (body === undefined) response.writeHead(404, type).end(JSON.stringify(unknownThing(id)))
    else response.writeHead(200, type).end(typeof body === 'string' ? body : JSON.stringify(body))
    events.emit('event')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    batches,
    files,
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
