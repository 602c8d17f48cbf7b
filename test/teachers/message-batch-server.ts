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
}) {
  const batches: { requests: Request[]; looks: number }[] = []
  const counts = new Map<string, number>()
  let url = ''

  const view = (index: number) => {
    const batch = batches[index]
    if (!batch) throw new Error('there is no such batch')
    const ended = batch.looks >= 2
    const { length } = batch.requests
    const id = `msgbatch_${index + 1}`
    return {
      id,
      type: 'message_batch',
      processing_status: ended ? 'ended' : 'in_progress',
      request_counts: {
        processing: ended ? 0 : length,
        succeeded: ended ? length : 0,
        errored: 0,
        canceled: 0,
        expired: 0,
      },
      results_url: ended ? `${url}/v1/messages/batches/${id}/results` : null,
    }
  }

  async function respond(request: IncomingMessage, route: string): Promise<unknown> {
    const index = Number(/msgbatch_(\d+)/.exec(request.url ?? '')?.[1]) - 1
    if (route === 'POST /v1/messages/batches') {
      const { requests } = (await json(request)) as { requests: Request[] }
      batches.push({ requests, looks: 0 })
      return view(batches.length - 1)
    }
    // Time goes by with every look, at one or at all.
    for (const [place, batch] of batches.entries())
      if (route.endsWith('batches') || place === index) batch.looks++
    if (route === 'GET /v1/messages/batches')
      return { data: batches.map((_, place) => view(place)).reverse(), has_more: false }
    if (route === 'GET /v1/messages/batches/*') return view(index)
    const { requests = [] } = batches[index] ?? {}
    const lines = requests.map(({ custom_id, params }) => ({
      custom_id,
      result: options.answer(params, index + 1),
    }))
    return lines
      .reverse()
      .map(line => `${JSON.stringify(line)}\n`)
      .join('')
  }

  const server = createServer(async (request, response) => {
    const route = `${request.method} ${(request.url ?? '').split('?')[0]?.replace(/msgbatch_\d+/, '*')}`
    counts.set(route, (counts.get(route) ?? 0) + 1)
    const body = await respond(request, route)
    if (options.cut?.(route, counts.get(route) ?? 0)) return response.destroy()
    const type = typeof body === 'string' ? 'application/x-jsonl' : 'application/json'
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
