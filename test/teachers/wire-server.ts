import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions'

export interface Answer {
  status?: number
  body: unknown
  type?: string
  /** In place of being asked to come back at once. */
  headers?: Record<string, string>
}

type Chat = ChatCompletionCreateParamsNonStreaming & Record<string, unknown>

/** A request as it arrived. */
export interface Arrived<Body = Chat> {
  url: string
  key: string | undefined
  body: Body
}

/** A real server that answers as it is told and remembers what arrived. `hang` never answers; `cut` ends halfway. */
export async function wireServer<Body = Chat>(
  answer: (arrived: Arrived<Body>, number: number) => Answer | 'hang' | 'cut',
) {
  const arrived: Arrived<Body>[] = []
  const carried: IncomingHttpHeaders[] = []
  const waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const one = {
      url: request.url ?? '',
      key: request.headers.authorization ?? request.headers['x-api-key']?.toString(),
      body: (await json(request)) as Body,
    }
    arrived.push(one)
    carried.push(request.headers)
    for (const tell of waiting.splice(0)) tell()
    const given = answer(one, arrived.length)
    if (given === 'hang') return
    // The client waits as long as it is told to before it asks again.
    const headers = { 'content-type': 'application/json', 'retry-after-ms': '1' }
    if (given === 'cut') {
      response.writeHead(200, headers).write('{"choices": [', () => response.destroy())
      return
    }
    const { status = 200, body, type = headers['content-type'] } = given
    const pace = given.headers ?? { 'retry-after-ms': headers['retry-after-ms'] }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { ...pace, 'content-type': type }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/v1`,
    arrived,
    /** The headers of each. */
    carried,
    /** Settles when the next request has arrived. */
    next: () => new Promise<void>(resolve => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A completion with one choice, as the API documents it. */
export const completion = (
  message: Record<string, unknown> = {},
  finish_reason: string | null = 'stop',
  more: Record<string, unknown> = {},
) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 0,
  model: 'model-2026-01-01',
  choices: [
    {
      index: 0,
      finish_reason,
      logprobs: null,
      message: { role: 'assistant', content: 'It is red.', ...message },
    },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  ...more,
})

export const call = (id: string, code: string) => ({
  id,
  type: 'function',
  function: { name: 'python', arguments: JSON.stringify({ code }) },
})

/** A stream of server-sent events; those with a type are named by it, as OpenAI's Responses and Anthropic do. */
export const sse = (events: readonly object[], end = ''): Answer => ({
  type: 'text/event-stream',
  body:
    events
      .map(event => `${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
      .join('') + end,
})
