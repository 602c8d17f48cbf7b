import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../schemas/trajectory.ts'
import { type OpenAiOptions, openai } from '../../teachers/openai.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { question, teacherConformance } from '../conformance/teacher.ts'
import { image, observation, png, pythonTurn, reply } from '../fixtures.ts'
import { type Answer, type Arrived, call, completion, sse, wireServer } from './wire-server.ts'

const { signal } = new AbortController()
const key = 'sk-very-secret-key-1234'

describe('a server of one’s own', () => {
  teacherConformance(async () => {
    const server = await wireServer(({ body }) => ({
      body:
        body.messages.length > 2 ? completion() : completion({ tool_calls: [call('a', '1')] }, 'tool_calls'),
    }))
    const teacher = openai({ model: 'm', baseURL: server.url, apiKey: key })
    return { ...teacher, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
  })
})

/** What arrives when a teacher is asked, and what it makes of the answer. */
async function askOnce(
  request: Parameters<typeof question>[0] = {},
  options: Partial<OpenAiOptions> = {},
  body: unknown = completion(),
): Promise<{ arrived: Arrived; reply: Reply }> {
  await using server = await wireServer(() => ({ body }))
  const teacher = openai({ model: 'some-model', baseURL: server.url, apiKey: key, ...options })
  const said = await teacher.ask(question(request), signal)
  const [arrived] = server.arrived
  if (!arrived) throw new Error('nothing arrived')
  return { arrived, reply: said }
}

test('a question is a system message and a user message with its image as it is', async () => {
  const { arrived } = await askOnce()
  const url = `data:image/png;base64,${(await png()).toString('base64')}`
  expect(arrived).toEqual({
    url: '/v1/chat/completions',
    key: `Bearer ${key}`,
    body: {
      model: 'some-model',
      messages: [
        { role: 'system', content: 'Solve it.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'How wide is the image, in pixels?' },
          ],
        },
      ],
      tools: [{ type: 'function', function: question().tools[0] }],
      max_tokens: 1000,
      stream: true,
      stream_options: { include_usage: true },
    },
  })
})

test('without tools none are sent', async () => {
  expect((await askOnce({ tools: [] })).arrived.body).not.toHaveProperty('tools')
})

test('further parameters are sent, and each sample has a seed of its own', async () => {
  const options = { seed: 40, temperature: 0.5, params: { top_p: 0.9, reasoning_effort: 'low' } }
  const { body } = (await askOnce({ sample: 2 }, options)).arrived
  expect(body).toMatchObject({ seed: 42, temperature: 0.5, top_p: 0.9, reasoning_effort: 'low' })
  expect((await askOnce({ sample: 2 })).arrived.body).not.toHaveProperty('seed')
})

test('a compatible server is told the length by the old name, OpenAI itself by the new', async () => {
  await using server = await wireServer(() => ({ body: completion() }))
  const client = new OpenAI({ apiKey: key, baseURL: server.url, maxRetries: 0 })
  await openai({ model: 'm', client }).ask(question({ maxTokens: 7 }), signal)
  expect(server.arrived[0]?.body).toMatchObject({ max_completion_tokens: 7 })
  expect(server.arrived[0]?.body).not.toHaveProperty('max_tokens')
})

test('an assistant message goes back as it came, with fields that nobody here knows', async () => {
  const raw = {
    role: 'assistant',
    content: null,
    refusal: null,
    reasoning_content: 'Hm.',
    signature: { deep: [1, null] },
    tool_calls: [{ ...call('a', '1'), extra: 'x' }],
  }
  const turn = pythonTurn()
  const { arrived } = await askOnce({ turns: [{ ...turn, reply: { ...turn.reply, raw } }] })
  const { refusal: _, ...kept } = raw
  expect(arrived.body.messages[2]).toEqual(kept)
})

test('a reply of another wire is written anew', async () => {
  const { arrived } = await askOnce({ turns: [pythonTurn(), { reply: reply(), observations: [] }] })
  expect(arrived.body.messages.slice(2)).toEqual([
    {
      role: 'assistant',
      content: 'I measure the image first.',
      tool_calls: [call('call_1', 'print(image_1.size)')],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'stdout:\n(8, 6)' },
    { role: 'assistant', content: 'I look at it.' },
  ])
})

test('what Anthropic’s wire gave is no message of this one', async () => {
  const raw = { type: 'message', role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.' }] }
  const { arrived } = await askOnce({ turns: [{ reply: reply({ raw }), observations: [] }] })
  expect(arrived.body.messages[2]).toEqual({ role: 'assistant', content: 'I look at it.' })
})

test('tool results are texts, and their images follow in one user message', async () => {
  const text = (value: string) => ({ type: 'text' as const, text: value })
  const picture = { type: 'image' as const, image: image('x', { mime: 'image/jpeg' }) }
  const observations = [
    observation({ callId: 'a', parts: [text('one'), picture, text('more')] }),
    observation({ callId: 'b', parts: [picture] }),
  ]
  const made = ['a', 'b'].map(id => ({ id, name: 'python', arguments: '{}' }))
  const { arrived } = await askOnce({ turns: [{ reply: reply({ calls: made }), observations }] })
  const [, , , a, b, images, ...rest] = arrived.body.messages
  expect(a).toEqual({ role: 'tool', tool_call_id: 'a', content: 'one\nmore' })
  expect(b).toEqual({ role: 'tool', tool_call_id: 'b', content: '(no text)' })
  const url = `data:image/jpeg;base64,${(await png()).toString('base64')}`
  expect(images).toEqual({
    role: 'user',
    content: [
      text('The images of the tool results above, in order:'),
      { type: 'image_url', image_url: { url } },
      { type: 'image_url', image_url: { url } },
    ],
  })
  expect(rest).toEqual([])
})

test('a whole reply is taken over: text, calls, usage, model, and the message as it was', async () => {
  const message = { content: 'I look.', tool_calls: [call('a', '1'), call('b', '2')], odd: { x: 1 } }
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 60 },
    completion_tokens_details: { reasoning_tokens: 7 },
  }
  const body = completion(message, 'tool_calls', { usage })
  expect((await askOnce({}, {}, body)).reply).toEqual({
    text: 'I look.',
    reasoning: null,
    calls: [
      { id: 'a', name: 'python', arguments: '{"code":"1"}' },
      { id: 'b', name: 'python', arguments: '{"code":"2"}' },
    ],
    stop: 'calls',
    usage: { input: 100, output: 20, cached: 60, reasoning: 7 },
    model: 'model-2026-01-01',
    raw: { role: 'assistant', ...message },
  })
})

const made = { tool_calls: [call('a', '1')] }
const said: [string, unknown, Partial<Reply>][] = [
  ['stop', completion(), { stop: 'end', text: 'It is red.' }],
  ['length', completion({}, 'length'), { stop: 'length' }],
  ['length within a call', completion(made, 'length'), { stop: 'length' }],
  ['content_filter', completion({ content: null }, 'content_filter'), { stop: 'content_filter', text: '' }],
  ['a refusal', completion({ content: null, refusal: 'No.' }), { stop: 'refusal' }],
  ['tool_calls', completion(made, 'tool_calls'), { stop: 'calls' }],
  ['tool_calls without one', completion({ tool_calls: [] }, 'tool_calls'), { stop: 'broken', calls: [] }],
  ['stop beside calls', completion(made), { stop: 'calls' }],
  ['no reason', completion({}, null), { stop: 'broken', text: 'It is red.' }],
  ['model_length', completion({}, 'model_length'), { stop: 'length' }],
  ['reasoning_content', completion({ reasoning_content: 'Hm.' }), { reasoning: 'Hm.', text: 'It is red.' }],
  ['reasoning', completion({ reasoning: 'Hm.' }), { reasoning: 'Hm.' }],
  ['empty reasoning', completion({ reasoning_content: '' }), { reasoning: null }],
  [
    'no usage',
    completion({}, 'stop', { usage: undefined }),
    { usage: { input: 0, output: 0, cached: 0, reasoning: 0 } },
  ],
  [
    'text in parts',
    completion({
      content: [
        { type: 'text', text: 'It ' },
        { type: 'text', text: 'is.' },
      ],
    }),
    { text: 'It is.' },
  ],
  [
    'arguments as an object',
    completion({ tool_calls: [{ id: 'a', function: { name: 'python', arguments: { code: '1' } } }] }),
    { calls: [{ id: 'a', name: 'python', arguments: '{"code":"1"}' }], stop: 'calls' },
  ],
  [
    'no arguments',
    completion({ tool_calls: [{ id: 'a', function: { name: 'python' } }] }),
    { calls: [{ id: 'a', name: 'python', arguments: '' }] },
  ],
]

test.each(said)('%s is understood', async (_, body, expected) => {
  expect((await askOnce({}, {}, body)).reply).toMatchObject(expected)
})

/** How a teacher fails at a server that answers so. */
async function failure(answer: Answer | 'cut', options: Partial<OpenAiOptions> = {}) {
  await using server = await wireServer(() => answer)
  const teacher = openai({ model: 'm', baseURL: server.url, apiKey: key, ...options })
  const error: unknown = await teacher.ask(question(), signal).catch((thrown: unknown) => thrown)
  if (!(error instanceof TeacherError)) throw new Error(`it gave ${error}`)
  return { error, asked: server.arrived.length }
}

const problem = (message: string, code: string | null = null) => ({
  error: { message, type: 'x', param: null, code },
})

const fatal: [string, Answer, RegExp][] = [
  [
    'a wrong key',
    { status: 401, body: problem(`Incorrect API key provided: ${key}.`) },
    /401 Incorrect API key/,
  ],
  ['no permission', { status: 403, body: problem('Not yours') }, /403 Not yours/],
  ['no such model', { status: 404, body: problem('The model m does not exist') }, /404 The model m/],
  [
    'a model without tools',
    { status: 400, body: problem('m does not support tools') },
    /does not support tools/,
  ],
  [
    'no money',
    { status: 429, body: problem('You exceeded your quota', 'insufficient_quota') },
    /429 You exceeded/,
  ],
]

test.each(fatal)('%s stops the run, in one line without the key', async (_, answer, says) => {
  const { error } = await failure(answer)
  expect(error).toMatchObject({ fatal: true, transient: false })
  expect(error.message).toMatch(says)
  expect(error.message).toMatch(/^teacher m: [^\n]+$/)
  expect(error.message).not.toContain(key)
})

type Way = Pick<TeacherError, 'transient' | 'overloaded' | 'retryAfterMs'>
const again: Way = { transient: true, overloaded: false, retryAfterMs: undefined }
const later: Way = { transient: true, overloaded: true, retryAfterMs: 1 }
const never: Way = { transient: false, overloaded: false, retryAfterMs: undefined }

const passing: [string, Answer | 'cut', Way, RegExp][] = [
  [
    'a fault of the server',
    { status: 500, body: problem('oh\nno') },
    { ...again, retryAfterMs: 1 },
    /500 oh no$/,
  ],
  ['too many requests', { status: 429, body: problem('slow down') }, later, /429 slow down/],
  ['a server that is too busy', { status: 529, body: problem('busy') }, later, /529 busy/],
  ['a refused request', { status: 400, body: problem('too long') }, never, /400 too long/],
  ['an error in a 200', { body: problem('overloaded') }, again, /without a reply.*overloaded/],
  ['no choice', { body: { choices: [] } }, again, /without a choice/],
  ['a reply that broke off', { body: completion({}, 'error') }, again, /with a fault of its own/],
  ['a page', { body: '<html>Sign in</html>', type: 'text/html' }, again, /without a reply.*Sign in/],
  ['broken JSON', { body: '{"choices": [' }, again, /JSON/],
  ['a cut connection', 'cut', again, /./],
]

test.each(passing)(
  '%s costs one try, and says whether another one makes sense',
  async (_, answer, way, says) => {
    const { error, asked } = await failure(answer, { name: 'mine' })
    expect(error.fatal).toBe(false)
    expect(error).toMatchObject(way)
    expect(error.message).toMatch(says)
    expect(error.message).toMatch(/^teacher mine: [^\n]+$/)
    expect(asked).toBe(1)
  },
)

test('a ready client does not try again behind the back of the limits', async () => {
  await using server = await wireServer(() => ({ status: 503, body: problem('busy') }))
  const client = new OpenAI({ apiKey: key, baseURL: server.url, maxRetries: 5, logLevel: 'off' })
  await expect(openai({ model: 'm', client }).ask(question(), signal)).rejects.toThrow('503 busy')
  expect(server.arrived).toHaveLength(1)
})

test('an address where nobody listens stops the run and says so', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const baseURL = `http://127.0.0.1:${port}/v1`
  const client = new OpenAI({ apiKey: key, baseURL, maxRetries: 0 })
  const asked = openai({ model: 'm', baseURL, client }).ask(question(), signal)
  const error: unknown = await asked.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'TeacherError', fatal: true, transient: true })
  expect(String(error)).toMatch(/^TeacherError: teacher m: Connection error\. \(.*ECONNREFUSED.*\)$/)
})

test('an abort while the server thinks ends the call with the signal’s reason', async () => {
  await using server = await wireServer(() => 'hang')
  const stop = new AbortController()
  const reason = new Error('stopped by hand')
  const arrived = server.next()
  const asked = openai({ model: 'm', baseURL: server.url, apiKey: key }).ask(question(), stop.signal)
  const ended = expect(asked).rejects.toBe(reason)
  await arrived
  stop.abort(reason)
  await ended
})

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'model-2026-01-01',
  choices: [{ index: 0, delta, finish_reason }],
})
const calls = (...tool_calls: object[]) => chunk({ tool_calls })
const made1 = { index: 0, id: 'a', type: 'function', function: { name: 'python', arguments: '' } }
const said1 = [
  chunk({ role: 'assistant', content: '', reasoning_content: 'H' }),
  chunk({ content: null, reasoning_content: 'm.' }),
  chunk({ content: 'It is ' }),
  chunk({ content: 'red.', odd: [1] }),
  chunk({ odd: [2] }),
]
const usage = { prompt_tokens: 10, completion_tokens: 5 }
const ends = [chunk({}, 'tool_calls'), { ...chunk({}), choices: [], usage }]

async function streamed(chunks: readonly object[], changes: Partial<OpenAiOptions> = { stream: true }) {
  await using server = await wireServer(() => sse(chunks, 'data: [DONE]\n\n'))
  const teacher = openai({ model: 'm', baseURL: server.url, apiKey: key, ...changes })
  const said = await teacher.ask(question({ maxTokens: 64_000 }), signal).catch((error: unknown) => error)
  return { reply: said as Reply, body: server.arrived[0]?.body }
}

test('a long reply is streamed, and nothing of it is lost', async () => {
  const pieces = [
    calls(made1),
    calls({ index: 0, function: { arguments: '{"code"' } }),
    calls({ index: 0, function: { arguments: ':"1"}' } }),
  ]
  const { reply, body } = await streamed([...said1, ...pieces, ...ends], {})
  expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  expect(reply).toEqual({
    text: 'It is red.',
    reasoning: 'Hm.',
    calls: [{ id: 'a', name: 'python', arguments: '{"code":"1"}' }],
    stop: 'calls',
    usage: { input: 10, output: 5, cached: 0, reasoning: 0 },
    model: 'model-2026-01-01',
    raw: {
      role: 'assistant',
      content: 'It is red.',
      reasoning_content: 'Hm.',
      odd: [1, 2],
      tool_calls: [call('a', '1')],
    },
  })
})

const one = { function: { name: 'python', arguments: '1' } }
const numbered: [string, object[], string[]][] = [
  [
    'from 1',
    [calls({ index: 1, id: 'a', ...one }), calls({ index: 1, function: { arguments: '2' } })],
    ['a 12'],
  ],
  [
    'and then names by nothing',
    [
      calls({ index: 0, id: 'a', ...one }),
      calls({ index: 0, id: '', function: { name: '', arguments: '2' } }),
    ],
    ['a 12'],
  ],
  ['all 0', [calls({ index: 0, id: 'a', ...one }), calls({ index: 0, id: 'b', ...one })], ['a 1', 'b 1']],
  [
    'not at all',
    [
      calls({ id: 'a', ...one }),
      calls({ id: 'a', function: { arguments: '2' } }),
      calls({ id: 'b', ...one }),
    ],
    ['a 12', 'b 1'],
  ],
  [
    'in turns',
    [
      calls({ index: 0, id: 'a', ...one }, { index: 1, id: 'b', ...one }),
      calls({ index: 0, function: { arguments: '2' } }),
    ],
    ['a 12', 'b 1'],
  ],
]

test.each(numbered)('calls that a server numbers %s stay apart', async (_, pieces, expected) => {
  const { reply } = await streamed([...pieces, ...ends])
  expect(reply.calls.map(({ id, arguments: text }) => `${id} ${text}`)).toEqual(expected)
  expect(reply.calls.every(({ name }) => name === 'python')).toBe(true)
})

test('a stream that is cut or holds an error is no reply', async () => {
  expect((await streamed(said1)).reply).toMatchObject({
    fatal: false,
    transient: true,
    message: 'teacher m: the stream ended before the reply did',
  })
  expect((await streamed([problem('overloaded')])).reply).toMatchObject({ fatal: false })
})

test('without a key and an address of one’s own it says what to set', async () => {
  const before = process.env.OPENAI_API_KEY
  delete process.env.OPENAI_API_KEY
  try {
    const asked = openai({ model: 'm' }).ask(question(), signal)
    await expect(asked).rejects.toMatchObject({
      fatal: true,
      message: 'teacher m: no API key; set OPENAI_API_KEY or give a baseURL',
    })
  } finally {
    if (before !== undefined) process.env.OPENAI_API_KEY = before
  }
})

test('its options hold what is asked with, never the key', () => {
  const teacher = openai({
    model: 'm',
    baseURL: 'http://x/v1',
    apiKey: key,
    samples: 3,
    seed: 1,
    params: { a: 1 },
  })
  expect(teacher).toMatchObject({
    name: 'm',
    samples: 3,
    options: { model: 'm', baseURL: 'http://x/v1', seed: 1, params: { a: 1 } },
  })
  expect(JSON.stringify(teacher)).not.toContain(key)
  expect(openai({ model: 'm' }).options).toEqual({ model: 'm' })
})

test('an address with a password in it is refused, because the address is recorded', () => {
  expect(() => openai({ model: 'm', baseURL: 'http://me:secret@host/v1' })).toThrow(
    /^teacher m: its baseURL holds a password/,
  )
})
