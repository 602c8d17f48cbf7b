import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions'

export interface Answer {
  status?: number
  body: unknown
  type?: string
}

/** A request as it arrived. */
export interface Arrived {
  url: string
  key: string | undefined
  body: ChatCompletionCreateParamsNonStreaming & Record<string, unknown>
}

/** A real server that answers as it is told and remembers what arrived. `hang` never answers; `cut` ends halfway. */
export async function wireServer(answer: (arrived: Arrived, number: number) => Answer | 'hang' | 'cut') {
  const arrived: Arrived[] = []
  const waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const one = {
      url: request.url ?? '',
      key: request.headers.authorization,
      body: (await json(request)) as Arrived['body'],
    }
    arrived.push(one)
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
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { ...headers, 'content-type': type }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    arrived,
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
