import Anthropic from '@anthropic-ai/sdk'
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../schemas/trajectory.ts'
import { type AnthropicOptions, anthropic } from '../../teachers/anthropic.ts'
import { type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { question, teacherConformance } from '../conformance/teacher.ts'
import { image, observation, png, pythonTurn } from '../fixtures.ts'
import { type Answer, sse, wireServer } from './wire-server.ts'

type Body = MessageCreateParamsNonStreaming & { stream?: boolean }
const { signal } = new AbortController()
const key = 'sk-ant-very-secret-1234'
const told = { type: 'text', text: 'It is red.', citations: null }
const call = (id: string, input: unknown = { code: '1' }) => ({ type: 'tool_use', id, name: 'python', input })

/** A message as the API documents it. */
const message = (content: readonly object[] = [told], stop_reason = 'end_turn', more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-test-20260101',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
  ...more,
})

describe('a local server', () => {
  teacherConformance(async () => {
    const server = await wireServer<Body>(({ body }) => ({
      body: body.messages.length > 1 ? message() : message([told, call('a')], 'tool_use'),
    }))
    const teacher = anthropic({ model: 'claude', baseURL: server.origin, apiKey: key })
    return { ...teacher, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
  })
})

/** Ask until a reply that pauses is done. */
async function whole(teacher: Teacher, request = question()): Promise<Reply> {
  for (;;) {
    try {
      return await teacher.ask(request, signal)
    } catch (error) {
      if (!(error instanceof TeacherError && error.part)) throw error
    }
  }
}

/** What arrives when a teacher is asked, and what it makes of the answers. */
async function ask(
  request: Parameters<typeof question>[0] = {},
  options: Partial<AnthropicOptions> = {},
  answers: readonly (Answer | 'cut')[] = [{ body: message() }],
) {
  await using server = await wireServer<Body>((_, number) => answers[number - 1] ?? answers.at(-1) ?? 'cut')
  const teacher = anthropic({ model: 'claude-test', baseURL: server.origin, apiKey: key, ...options })
  const reply = await whole(teacher, question(request)).catch((error: unknown) => error)
  return { arrived: server.arrived, reply: reply as Reply, bodies: server.arrived.map(({ body }) => body) }
}

const ephemeral = { cache_control: { type: 'ephemeral' } }
const source = async () => ({
  type: 'base64',
  media_type: 'image/png',
  data: (await png()).toString('base64'),
})

test('a question is a system text and a user message, both marked for the cache', async () => {
  const { arrived } = await ask()
  const { parameters, ...tool } = question().tools[0] ?? { parameters: {} }
  expect(arrived).toEqual([
    {
      url: '/v1/messages',
      key: expect.stringContaining(key),
      body: {
        model: 'claude-test',
        max_tokens: 1000,
        system: [{ type: 'text', text: 'Solve it.', ...ephemeral }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: await source() },
              { type: 'text', text: 'How wide is the image, in pixels?', ...ephemeral },
            ],
          },
        ],
        tools: [{ ...tool, input_schema: parameters }],
        stream: true,
      },
    },
  ])
})

test('without a cache nothing is marked, without tools none are sent, and what was asked for is', async () => {
  const { bodies } = await ask(
    { tools: [], system: '' },
    { cache: false, temperature: 0.5, params: { top_k: 5 } },
  )
  expect(JSON.stringify(bodies)).not.toContain('cache_control')
  expect(bodies[0]).toMatchObject({ temperature: 0.5, top_k: 5 })
  expect(bodies[0]).not.toHaveProperty('tools')
  expect(bodies[0]).not.toHaveProperty('system')
})

test('tool results of one turn stand in one user message, with their images, faults and the only moving mark', async () => {
  const text = (value: string) => ({ type: 'text' as const, text: value })
  const observations = [
    observation({ callId: 'a', parts: [text('one'), { type: 'image', image: image() }, text('')] }),
    observation({ callId: 'b', parts: [], mistake: { kind: 'bad_arguments', message: 'no' } }),
  ]
  const { bodies } = await ask({ turns: [{ ...pythonTurn(), observations }] })
  const [first, , results, ...rest] = bodies[0]?.messages ?? []
  expect(JSON.stringify(first)).not.toContain('cache_control')
  expect(results).toEqual({
    role: 'user',
    content: [
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [text('one'), { type: 'image', source: await source() }],
      },
      { type: 'tool_result', tool_use_id: 'b', content: '(no text)', is_error: true, ...ephemeral },
    ],
  })
  expect(rest).toEqual([])
})

test('thinking goes back with its signature, hidden thinking too, in their order', async () => {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'aGlkZGVu' },
    { type: 'from_the_future', odd: [1, null] },
    told,
    call('a'),
  ]
  const { reply } = await ask({}, {}, [{ body: message(content, 'tool_use') }])
  expect(reply).toMatchObject({ text: 'It is red.', reasoning: 'Hm.', stop: 'calls' })
  const stored = JSON.parse(JSON.stringify(reply)) as Reply
  const { bodies } = await ask({ turns: [{ reply: stored, observations: [observation({ callId: 'a' })] }] })
  expect(bodies[0]?.messages[1]).toEqual({ role: 'assistant', content })
})

test('a reply of another wire is written anew', async () => {
  const { bodies } = await ask({ turns: [pythonTurn()] })
  expect(bodies[0]?.messages[1]).toEqual({
    role: 'assistant',
    content: [
      { type: 'text', text: 'I measure the image first.' },
      { type: 'tool_use', id: 'call_1', name: 'python', input: { code: 'print(image_1.size)' } },
    ],
  })
})

test('thinking is bought with a budget, which must leave room for an answer', async () => {
  const { bodies } = await ask({}, { thinking: 500 })
  expect(bodies[0]?.thinking).toEqual({ type: 'enabled', budget_tokens: 500 })
  const { reply, arrived } = await ask({}, { thinking: 1000 })
  expect(reply).toMatchObject({ fatal: true })
  expect(String(reply)).toContain('thinking (1000 tokens) must be less than limits.maxTokens (1000)')
  expect(arrived).toEqual([])
  expect(() => anthropic({ model: 'm', thinking: 500, temperature: 0 })).toThrow(/not both/)
})

test('usage counts what the cache gave and took as input', async () => {
  const usage = {
    input_tokens: 10,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 30,
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 7 },
  }
  const { reply } = await ask({}, {}, [{ body: message([told], 'end_turn', { usage }) }])
  expect(reply.usage).toEqual({ input: 100, output: 20, cached: 60, reasoning: 7, cacheWrite: 30 })
  expect(reply.raw).toMatchObject({ usage })
})

const said: [string, object, Partial<Reply>][] = [
  ['end_turn', message(), { stop: 'end', text: 'It is red.', model: 'claude-test-20260101' }],
  ['stop_sequence', message([told], 'stop_sequence'), { stop: 'end' }],
  ['max_tokens', message([told], 'max_tokens'), { stop: 'length' }],
  ['max_tokens within a call', message([call('a')], 'max_tokens'), { stop: 'length' }],
  ['a full context', message([told], 'model_context_window_exceeded'), { stop: 'length' }],
  ['refusal', message([], 'refusal'), { stop: 'refusal', text: '' }],
  ['tool_use', message([told, call('a'), call('b', {})], 'tool_use'), { stop: 'calls' }],
  ['calls beside end_turn', message([call('a')]), { stop: 'calls', text: '' }],
  [
    'no usage',
    message([told], 'end_turn', { usage: undefined }),
    { usage: { input: 0, output: 0, cached: 0, reasoning: 0 } },
  ],
]

test.each(said)('%s is understood', async (_, body, expected) => {
  expect((await ask({}, {}, [{ body }])).reply).toMatchObject(expected)
})

test('parallel calls keep their order and their inputs', async () => {
  const { reply } = await ask({}, {}, [{ body: message([call('a'), told, call('b', {})], 'tool_use') }])
  expect(reply.calls).toEqual([
    { id: 'a', name: 'python', arguments: '{"code":"1"}' },
    { id: 'b', name: 'python', arguments: '{}' },
  ])
})

test('a paused reply goes on until it is done, as one reply that costs the sum', async () => {
  const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }
  const paused = { body: message([search], 'pause_turn') }
  const { reply, bodies } = await ask({}, {}, [paused, paused, { body: message() }])
  expect(reply).toMatchObject({ stop: 'end', text: 'It is red.', usage: { input: 30, output: 15 } })
  expect(reply.raw).toMatchObject({ content: [search, search, told] })
  expect(bodies[1]?.messages.slice(1)).toEqual([{ role: 'assistant', content: [search] }])
  expect(bodies[2]?.messages.slice(1)).toEqual([{ role: 'assistant', content: [search, search] }])
})

test('a reply that pauses for ever is given up, and is no answer', async () => {
  const { reply, arrived } = await ask({}, {}, [{ body: message([told], 'pause_turn') }])
  expect(reply).toMatchObject({ stop: 'broken', raw: { broken: 'it ended by "pause_turn"' } })
  expect(arrived).toHaveLength(9)
})

test('a pause says what its part used, and samples that are asked the same go on with their own', async () => {
  const first = { type: 'text', text: 'First.' }
  const second = { type: 'text', text: 'Second.' }
  const answers = [message([first], 'pause_turn'), message([second], 'pause_turn'), message(), message()]
  await using server = await wireServer<Body>((_, number) => ({ body: answers[number - 1] }))
  const teacher = anthropic({ model: 'm', baseURL: server.origin, apiKey: key })
  const samples = [question({ sample: 0 }), question({ sample: 1 })]
  for (const request of samples) {
    const asked = teacher.ask(request, signal)
    await expect(asked).rejects.toMatchObject({
      part: { input: 10, output: 5 },
      transient: true,
      fatal: false,
    })
  }
  for (const [index, content] of [first, second].entries())
    expect((await teacher.ask(samples[index] ?? question(), signal)).raw).toMatchObject({
      content: [content, told],
    })
})

test('where a paused reply cannot go on at once, another try buys only what is missing', async () => {
  const paused = { body: message([told], 'pause_turn') }
  const answers: Answer[] = [paused, { status: 500, body: {} }, { body: message() }]
  await using server = await wireServer<Body>((_, number) => answers[number - 1] ?? paused)
  const teacher = anthropic({ model: 'm', baseURL: server.origin, apiKey: key })
  await expect(whole(teacher)).rejects.toMatchObject({ transient: true, part: undefined })
  const reply = await whole(teacher)
  expect(reply).toMatchObject({ stop: 'end', usage: { input: 20, output: 10 } })
  expect(reply.raw).toMatchObject({ content: [told, told] })
  expect(server.arrived).toHaveLength(3)
})

const start = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const streamed = (pieces: readonly string[]) => [
  { type: 'message_start', message: message([], 'unknown', { stop_reason: null }) },
  start(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'H' }),
  delta(0, { type: 'thinking_delta', thinking: 'm.' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  start(1, { type: 'text', text: '' }),
  delta(1, { type: 'text_delta', text: 'It is ' }),
  delta(1, { type: 'text_delta', text: 'red.' }),
  start(2, call('a', {})),
  ...pieces.map(partial_json => delta(2, { type: 'input_json_delta', partial_json })),
  { type: 'content_block_stop', index: 2 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 42, input_tokens: null },
  },
  { type: 'message_stop' },
]

test('a long reply is streamed, and is the same reply', async () => {
  const { reply, bodies } = await ask({ maxTokens: 64_000 }, {}, [sse(streamed(['{"co', 'de": "1"}']))])
  expect(bodies[0]).toMatchObject({ stream: true, max_tokens: 64_000 })
  expect(reply).toMatchObject({
    text: 'It is red.',
    reasoning: 'Hm.',
    stop: 'calls',
    calls: [{ id: 'a', name: 'python', arguments: '{"code": "1"}' }],
    usage: { input: 10, output: 42 },
  })
  const next = await ask({ turns: [{ reply, observations: [observation({ callId: 'a' })] }] })
  expect(next.bodies[0]?.messages[1]?.content).toEqual([
    { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
    { type: 'text', text: 'It is red.' },
    call('a'),
  ])
})

test.each(['{"code": "1', 'nonsense', '[1]'])(
  'the tool input %s is kept as it is, and goes back as text',
  async input => {
    const { reply } = await ask({}, { stream: true }, [sse(streamed([input]))])
    expect(reply.calls).toEqual([{ id: 'a', name: 'python', arguments: input }])
    const next = await ask({ turns: [{ reply, observations: [observation({ callId: 'a' })] }] })
    expect(next.bodies[0]?.messages[1]?.content).toContainEqual(call('a', { INVALID_JSON: input }))
  },
)

test('a proxy that begins a message twice loses nothing of it', async () => {
  const events = streamed(['{}'])
  const twice = [...events.slice(0, 6), events[0] ?? {}, ...events.slice(6)]
  const replies = await Promise.all([events, twice].map(one => ask({}, { stream: true }, [sse(one)])))
  expect(replies[1]?.reply).toEqual(replies[0]?.reply)
})

test('a stream that ends early is no reply, unless the message had ended', async () => {
  const events = streamed(['{}'])
  const early = await ask({}, { stream: true }, [sse(events.slice(0, -2))])
  expect(early.reply).toMatchObject({
    transient: true,
    message: 'teacher claude-test: the stream ended before the message did',
  })
  const whole = await ask({}, { stream: true }, [sse(events)])
  expect((await ask({}, { stream: true }, [sse(events.slice(0, -1))])).reply).toEqual(whole.reply)
})

const problem = (type: string, text: string) => ({ type: 'error', error: { type, message: text } })
const faults: [string, Answer | 'cut', boolean, number, RegExp][] = [
  [
    'a wrong key',
    { status: 401, body: problem('authentication_error', `invalid x-api-key ${key}`) },
    true,
    1,
    /invalid/,
  ],
  ['no permission', { status: 403, body: problem('permission_error', 'not yours') }, true, 1, /not yours/],
  ['no such model', { status: 404, body: problem('not_found_error', 'model: x') }, true, 1, /model: x/],
  ['no money', { status: 402, body: problem('billing_error', 'pay') }, true, 1, /pay/],
  [
    'an empty purse',
    { status: 400, body: problem('invalid_request_error', 'Your credit balance is too low') },
    true,
    1,
    /credit/,
  ],
  [
    'a bad request',
    { status: 400, body: problem('invalid_request_error', 'too long') },
    false,
    1,
    /too long/,
  ],
  [
    'too many requests',
    { status: 429, body: problem('rate_limit_error', 'slow down') },
    false,
    1,
    /slow down/,
  ],
  ['overload', { status: 529, body: problem('overloaded_error', 'Overloaded') }, false, 1, /Overloaded/],
  ['a fault of the server', { status: 500, body: problem('api_error', 'oh') }, false, 1, /oh/],
  ['a page', { body: '<html>Sign in</html>', type: 'text/html' }, false, 1, /without a reply.*Sign in/],
  ['a cut connection', 'cut', false, 1, /./],
  ['overload within a stream', sse([problem('overloaded_error', 'Overloaded')]), false, 1, /Overloaded/],
  ['a wrong key within a stream', sse([problem('authentication_error', 'no')]), true, 1, /no/],
]

test.each(faults)('%s', async (_, answer, isFatal, tries, says) => {
  const stream = typeof answer === 'object' && answer.type === 'text/event-stream'
  const { reply, arrived } = await ask({}, { stream }, [answer])
  expect(reply).toBeInstanceOf(TeacherError)
  const { message: line, fatal } = reply as unknown as TeacherError
  expect({ fatal, tries: arrived.length }).toEqual({ fatal: isFatal, tries })
  expect(line).toMatch(says)
  expect(line).toMatch(/^teacher claude-test: [^\n]+$/)
  expect(line).not.toContain(key)
})

test('a ready client is used, and an abort ends the call with the signal’s reason', async () => {
  await using server = await wireServer<Body>(() => 'hang')
  const client = new Anthropic({ apiKey: key, baseURL: server.origin, maxRetries: 0 })
  const stop = new AbortController()
  const arrived = server.next()
  const ended = expect(anthropic({ model: 'm', client }).ask(question(), stop.signal)).rejects.toThrow(
    'by hand',
  )
  await arrived
  stop.abort(new Error('by hand'))
  await ended
})

test('its options are plain and without the key; two of one model can stand side by side', () => {
  const teacher = anthropic({
    model: 'claude/x:1',
    apiKey: key,
    thinking: 5,
    cache: false,
    stream: true,
    samples: 2,
  })
  expect(teacher).toMatchObject({
    name: 'claude-x-1',
    samples: 2,
    options: { model: 'claude/x:1', thinking: 5 },
  })
  expect(Object.keys(teacher.options)).toEqual(['model', 'thinking'])
  expect(JSON.stringify(teacher)).not.toContain(key)
  expect(anthropic({ model: 'm', name: 'strict' }).name).toBe('strict')
})
