import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../schemas/trajectory.ts'
import { type OpenAiResponsesOptions, openaiResponses } from '../../teachers/openai-responses.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { question, teacherConformance } from '../conformance/teacher.ts'
import { image, observation, png, pythonTurn } from '../fixtures.ts'
import { type Answer, sse, wireServer } from './wire-server.ts'

type Body = ResponseCreateParamsNonStreaming & { input: Record<string, unknown>[] }
const { signal } = new AbortController()
const key = 'sk-very-secret-key-1234'

const said = (text: string, more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
})
const call = (call_id: string, code = '1') => ({
  id: `fc_${call_id}`,
  type: 'function_call',
  status: 'completed',
  call_id,
  name: 'python',
  arguments: JSON.stringify({ code }),
})
const reasoning = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Hm.' }],
  encrypted_content: 'Z0FBQUE=',
}

/** A response as the API documents it. */
const response = (output: readonly object[] = [said('It is red.')], more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 0,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'model-2026-01-01',
  output,
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  ...more,
})

describe('a local server', () => {
  teacherConformance(async () => {
    const server = await wireServer<Body>(({ body }) => ({
      body: body.input.length > 1 ? response() : response([reasoning, said('I look.'), call('a')]),
    }))
    const teacher = openaiResponses({ model: 'm', baseURL: server.url, apiKey: key })
    return { ...teacher, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
  })
})

/** What arrives when a teacher is asked, and what it makes of the answers. */
async function ask(
  request: Parameters<typeof question>[0] = {},
  options: Partial<OpenAiResponsesOptions> = {},
  answers: readonly (Answer | 'cut')[] = [{ body: response() }],
) {
  await using server = await wireServer<Body>((_, number) => answers[number - 1] ?? answers.at(-1) ?? 'cut')
  const teacher = openaiResponses({ model: 'some-model', baseURL: server.url, apiKey: key, ...options })
  const reply = await teacher.ask(question(request), signal).catch((error: unknown) => error)
  return { arrived: server.arrived, reply: reply as Reply, bodies: server.arrived.map(({ body }) => body) }
}

const url = async () => `data:image/png;base64,${(await png()).toString('base64')}`

test('a question is instructions and a user message, and nothing stays at the provider', async () => {
  const { arrived } = await ask()
  expect(arrived).toEqual([
    {
      url: '/v1/responses',
      key: `Bearer ${key}`,
      body: {
        model: 'some-model',
        instructions: 'Solve it.',
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_image', image_url: await url(), detail: 'auto' },
              { type: 'input_text', text: 'How wide is the image, in pixels?' },
            ],
          },
        ],
        tools: [{ type: 'function', ...question().tools[0], strict: false }],
        max_output_tokens: 1000,
        store: false,
        include: ['reasoning.encrypted_content'],
        stream: true,
      },
    },
  ])
})

test('further parameters are sent, and win', async () => {
  const { bodies } = await ask(
    { tools: [] },
    { temperature: 0.5, params: { reasoning: { effort: 'low' }, store: true } },
  )
  expect(bodies[0]).toMatchObject({ temperature: 0.5, reasoning: { effort: 'low' }, store: true })
  expect(bodies[0]).not.toHaveProperty('tools')
})

test('images stand in the results of tools; a text alone stays a text', async () => {
  const text = { type: 'text' as const, text: 'one' }
  const observations = [
    observation({ callId: 'a', parts: [text, { type: 'image', image: image() }] }),
    observation({ callId: 'b', parts: [text, text] }),
  ]
  const { bodies } = await ask({ turns: [{ ...pythonTurn(), observations }] })
  expect(bodies[0]?.input.slice(3)).toEqual([
    {
      type: 'function_call_output',
      call_id: 'a',
      output: [
        { type: 'input_text', text: 'one' },
        { type: 'input_image', image_url: await url(), detail: 'auto' },
      ],
    },
    { type: 'function_call_output', call_id: 'b', output: 'one\none' },
  ])
})

test('what was said goes back as it came: encrypted reasoning, and items that nobody here knows', async () => {
  const output = [
    reasoning,
    { type: 'from_the_future', odd: [1, null] },
    said('I look.'),
    call('a'),
    call('b'),
  ]
  const { reply } = await ask({}, {}, [{ body: response(output) }])
  expect(reply).toMatchObject({ text: 'I look.', reasoning: 'Hm.', stop: 'calls' })
  expect(reply.calls.map(({ id }) => id)).toEqual(['a', 'b'])
  const stored = JSON.parse(JSON.stringify(reply)) as Reply
  const { bodies } = await ask({ turns: [{ reply: stored, observations: [] }] })
  expect(bodies[0]?.input.slice(1)).toEqual(output)
})

test('a reply of another wire is written anew', async () => {
  const { bodies } = await ask({ turns: [pythonTurn()] })
  expect(bodies[0]?.input.slice(1)).toEqual([
    { role: 'assistant', content: 'I measure the image first.' },
    { type: 'function_call', call_id: 'call_1', name: 'python', arguments: '{"code":"print(image_1.size)"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'stdout:\n(8, 6)' },
  ])
})

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 60 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 7 },
  total_tokens: 120,
}
const refusal = said('', { content: [{ type: 'refusal', refusal: 'No.' }] })
const incomplete = (reason: string) => ({ status: 'incomplete', incomplete_details: { reason } })
const understood: [string, object, Partial<Reply>][] = [
  ['an answer', response(), { stop: 'end', text: 'It is red.', model: 'model-2026-01-01', reasoning: null }],
  ['usage', response([], { usage }), { usage: { input: 100, output: 20, cached: 60, reasoning: 7 } }],
  ['no usage', response([], { usage: null }), { usage: { input: 0, output: 0, cached: 0, reasoning: 0 } }],
  ['several messages', response([said('One.'), said('Two.')]), { text: 'One.\nTwo.' }],
  ['a cut reply', response([said('It')], incomplete('max_output_tokens')), { stop: 'length' }],
  ['a cut call', response([call('a')], incomplete('max_output_tokens')), { stop: 'length' }],
  ['a filtered reply', response([said('It')], incomplete('content_filter')), { stop: 'content_filter' }],
  ['a refusal', response([refusal]), { stop: 'refusal', text: '' }],
  [
    'open reasoning',
    response([{ ...reasoning, summary: [], content: [{ type: 'reasoning_text', text: 'So.' }] }]),
    { reasoning: 'So.' },
  ],
]

test.each(understood)('%s is understood', async (_, body, expected) => {
  expect((await ask({}, {}, [{ body }])).reply).toMatchObject(expected)
})

test('a long reply is streamed, and is the same reply', async () => {
  const events = [
    { type: 'response.created', response: response([], { status: 'in_progress' }) },
    { type: 'response.output_text.delta', delta: 'It' },
    { type: 'response.completed', response: response([reasoning, said('It is red.')]) },
  ]
  const { reply, bodies } = await ask({ maxTokens: 64_000 }, {}, [sse(events)])
  expect(bodies[0]).toMatchObject({ stream: true, max_output_tokens: 64_000 })
  const whole = await ask({}, {}, [{ body: response([reasoning, said('It is red.')]) }])
  expect(reply).toEqual(whole.reply)
})

test('a model that does not reason is asked again, and from then on, without reasoning', async () => {
  const refused = {
    status: 400,
    body: { error: { message: 'Encrypted content is not supported with this model.' } },
  }
  await using server = await wireServer<Body>((_, number) => (number === 1 ? refused : { body: response() }))
  const teacher = openaiResponses({ model: 'm', baseURL: server.url, apiKey: key })
  for (const sample of [0, 1])
    expect(await teacher.ask(question({ sample }), signal)).toMatchObject({ stop: 'end' })
  expect(server.arrived.map(({ body }) => 'include' in body)).toEqual([true, false, false])
})

const problem = (message: string, code: string | null = null) => ({
  error: { message, type: 'x', param: null, code },
})
const failed = (code: string) =>
  response([], { status: 'failed', error: { code, message: `it was ${code}` } })
const faults: [string, Answer | 'cut', boolean, number, RegExp][] = [
  [
    'a wrong key',
    { status: 401, body: problem(`Incorrect API key ${key}`) },
    true,
    1,
    /Incorrect API key \(the key\)/,
  ],
  ['no money', { status: 429, body: problem('quota', 'insufficient_quota') }, true, 1, /quota/],
  ['too many requests', { status: 429, body: problem('slow down') }, false, 1, /slow down/],
  ['a failed response', { body: failed('server_error') }, false, 1, /it was server_error/],
  ['a cancelled response', { body: response([], { status: 'cancelled' }) }, false, 1, /without a reply/],
  ['an error in a 200', { body: problem('oh') }, false, 1, /without a reply: oh/],
  ['a page', { body: '<html>', type: 'text/html' }, false, 1, /without a reply/],
  ['a cut connection', 'cut', false, 1, /./],
  [
    'a failed stream',
    sse([{ type: 'response.failed', response: failed('server_error') }]),
    false,
    1,
    /server_error/,
  ],
  [
    'an error in a stream',
    sse([{ type: 'error', code: 'insufficient_quota', message: 'pay' }]),
    true,
    1,
    /pay/,
  ],
  [
    'a stream that ends early',
    sse([{ type: 'response.created', response: response() }]),
    false,
    1,
    /ended before/,
  ],
]

test.each(faults)('%s', async (_, answer, isFatal, tries, says) => {
  const stream = typeof answer === 'object' && answer.type === 'text/event-stream'
  const { reply, arrived } = await ask({}, { stream }, [answer])
  expect(reply).toBeInstanceOf(TeacherError)
  const { message, fatal } = reply as unknown as TeacherError
  expect({ fatal, tries: arrived.length }).toEqual({ fatal: isFatal, tries })
  expect(message).toMatch(says)
  expect(message).toMatch(/^teacher some-model: [^\n]+$/)
  expect(message).not.toContain(key)
})

test('it is not taken for the same model on the other wire', () => {
  expect(openaiResponses({ model: 'm' })).toMatchObject({
    name: 'm',
    samples: 1,
    options: { model: 'm', wire: 'responses' },
  })
})
