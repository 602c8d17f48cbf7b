import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { MessageBatchIndividualResponse } from '@anthropic-ai/sdk/resources/messages/batches'
import type { Message, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages/messages'

interface Request {
  custom_id: string
  params: MessageCreateParamsNonStreaming
}

type Result = MessageBatchIndividualResponse['result']
type Line = Pick<MessageBatchIndividualResponse, 'custom_id' | 'result'>

const notFound = {
  type: 'error',
  error: { type: 'not_found_error', message: 'Not Found' },
  request_id: 'req_1',
}

const page = (data: readonly object[]) => ({ data, has_more: false, first_id: null, last_id: null })

export const message = (text: string): Message =>
  ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text, citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 2 },
  }) as unknown as Message

/**
 * A server with the documented life cycle of Anthropic's message batches
 * (https://docs.claude.com/en/docs/build-with-claude/batch-processing). A batch ends when it is looked at the second time.
 */
export async function messageBatchServer(options: {
  answer(params: Request['params'], batch: number): Result
  /** The connection is cut after the work is done. */
  cut?(asked: string, number: number): boolean
  /** What is said in place of doing what is asked. */
  refused?(asked: string, number: number): { status: number; body: object } | undefined
  /** What is shown in place of a batch; nothing where it is not known any more. */
  shown?(batch: object, looks: number): object | undefined
}) {
  const { shown = (batch: object) => batch } = options
  const batches: { requests: Request[]; looks: number; created_at: string }[] = []
  const counts = new Map<string, number>()
  let url = ''

  const results = batches.map(() => [] as Line[])
  const linesOf = (index: number): Line[] => {
    const { requests = [] } = batches[index] ?? {}
    results[index] ??= requests.map(({ custom_id, params }) => ({
      custom_id,
      result: options.answer(params, index + 1),
    }))
    return results[index]
  }

  /** As https://docs.claude.com/en/api/retrieving-message-batches has it. */
  const view = (index: number) => {
    const batch = batches[index]
    if (!batch) return undefined
    const ended = batch.looks >= 2
    const { length } = batch.requests
    const id = `msgbatch_${index + 1}`
    const kinds = ended
      ? Map.groupBy(linesOf(index), ({ result }) => result?.type)
      : new Map<string, Line[]>()
    const count = (kind: string) => kinds.get(kind)?.length ?? 0
    const view = {
      id,
      type: 'message_batch',
      processing_status: ended ? 'ended' : 'in_progress',
      request_counts: {
        processing: ended ? 0 : length,
        succeeded: count('succeeded'),
        errored: count('errored'),
        canceled: count('canceled'),
        expired: count('expired'),
      },
      created_at: batch.created_at,
      expires_at: new Date(Date.parse(batch.created_at) + 86_400_000).toISOString(),
      ended_at: ended ? new Date().toISOString() : null,
      cancel_initiated_at: null,
      archived_at: null,
      results_url: ended ? `${url}/v1/messages/batches/${id}/results` : null,
    }
    return shown(view, batch.looks)
  }

  async function respond(request: IncomingMessage, route: string): Promise<unknown> {
    const index = Number(/msgbatch_(\d+)/.exec(request.url ?? '')?.[1]) - 1
    if (route === 'POST /v1/messages/batches') {
      const { requests } = (await json(request)) as { requests: Request[] }
      batches.push({ requests, looks: 0, created_at: new Date().toISOString() })
      return view(batches.length - 1)
    }
    // Time goes by with every look, at one or at all.
    for (const [place, batch] of batches.entries())
      if (route.endsWith('batches') || place === index) batch.looks++
    if (route === 'GET /v1/messages/batches')
      return page(batches.flatMap((_, place) => view(place) ?? []).reverse())
    if (route === 'GET /v1/messages/batches/*') return view(index)
    return [...linesOf(index)]
      .reverse()
      .map(line => `${JSON.stringify(line)}\n`)
      .join('')
  }

  const server = createServer(async (request, response) => {
    const route = `${request.method} ${(request.url ?? '').split('?')[0]?.replace(/msgbatch_\d+/, '*')}`
    counts.set(route, (counts.get(route) ?? 0) + 1)
    const refusal = options.refused?.(route, counts.get(route) ?? 0)
    if (refusal) {
      request.resume()
      response.writeHead(refusal.status, { 'content-type': 'application/json' })
      return response.end(JSON.stringify(refusal.body))
    }
    const body = await respond(request, route)
    if (options.cut?.(route, counts.get(route) ?? 0)) return response.destroy()
    const type = typeof body === 'string' ? 'application/x-jsonl' : 'application/json'
    if (body === undefined)
      return response.writeHead(404, { 'content-type': type }).end(JSON.stringify(notFound))
    return response
      .writeHead(200, { 'content-type': type })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    batches,
    counts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
