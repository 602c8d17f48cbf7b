import { tasks } from '../../pipeline/scripted.ts'
import type { Behaviour, Request } from '../behaviour.ts'
import type { Said } from '../loopback.ts'
import { sent, stream, type WireName, wires } from '../wires.ts'

type Row = Pick<Behaviour, 'wire' | 'server' | 'answers'> & Partial<Behaviour>

const error = (status: number, message: string, more: object = {}): Said => ({
  status,
  body: { error: { message, ...more } },
})
const anthropic = (status: number, type: string, message: string): Said => ({
  status,
  body: { type: 'error', error: { type, message } },
})
const within = ({ body }: Said): Said => ({ body })

/** The second of three tasks is answered so, from a turn on. */
const second =
  (said: Said, from = 1) =>
  ({ task, turn, usual }: Request): Said =>
    task === 2 && turn >= from ? said : usual
const always = (said: Said) => (): Said => said
/** The first requests are. */
const first =
  (said: Said, count = 1) =>
  ({ number, usual }: Request): Said =>
    number <= count ? said : usual

const ends = (stop: string) => ['answered 8', stop, 'answered 10']
const all = (kind: string, usual: Pick<Behaviour, 'ends' | 'calls' | 'exit'>, rows: Row[]): Behaviour[] =>
  rows.map(row => ({ kind, ...usual, ...row }))

const filters: [WireName, string, Said][] = [
  [
    'chat',
    'Azure’s 400',
    error(400, 'The response was filtered', { code: 'content_filter', param: 'prompt', status: 400 }),
  ],
  [
    'responses',
    'Azure’s 400',
    error(400, 'The response was filtered', { code: 'content_filter', param: 'prompt', status: 400 }),
  ],
  [
    'chat',
    'xAI’s 403',
    {
      status: 403,
      body: {
        code: 'The caller does not have permission to execute the specified operation',
        error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO',
      },
    },
  ],
  [
    'messages',
    'xAI’s 403',
    {
      status: 403,
      body: { error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO' },
    },
  ],
  [
    'chat',
    'OpenRouter’s 403',
    error(403, 'm requires moderation. Your input was flagged for "violence".', {
      code: 403,
      metadata: { reasons: ['violence'] },
    }),
  ],
  [
    'messages',
    'Anthropic’s 400',
    anthropic(400, 'invalid_request_error', 'Output blocked by content filtering policy'),
  ],
  ['chat', 'in a 200', within(error(0, 'Your input was flagged', { code: 403 }))],
]

const lengths: [WireName, string, Said, boolean?][] = [
  [
    'chat',
    'OpenAI’s code',
    error(400, 'Your input exceeds the context window of this model.', { code: 'context_length_exceeded' }),
  ],
  ['responses', 'OpenAI’s code', error(400, 'Too long.', { code: 'context_length_exceeded' })],
  [
    'chat',
    'vLLM’s words',
    {
      status: 400,
      body: {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
    },
  ],
  [
    'chat',
    'llama.cpp’s type',
    error(400, 'the request exceeds the available context size', {
      code: 400,
      type: 'exceed_context_size_error',
    }),
  ],
  [
    'messages',
    'Anthropic’s words',
    anthropic(400, 'invalid_request_error', 'prompt is too long: 5 tokens > 4 maximum'),
  ],
  [
    'messages',
    'Anthropic’s words',
    stream([
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'prompt is too long: 5 tokens > 4 maximum' },
      },
    ]),
    true,
  ],
  [
    'chat',
    'llama.cpp’s words',
    stream([{ error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } }]),
    true,
  ],
]

const purses: [WireName, string, Said, boolean?][] = [
  ['chat', 'OpenAI’s code', error(429, 'You exceeded your current quota', { code: 'insufficient_quota' })],
  [
    'responses',
    'OpenAI’s code',
    error(429, 'You exceeded your current quota', { code: 'insufficient_quota' }),
  ],
  [
    'messages',
    'Anthropic’s words',
    anthropic(400, 'invalid_request_error', 'Your credit balance is too low'),
  ],
  ['chat', '402', error(402, 'Insufficient Balance')],
  [
    'chat',
    '403 in words',
    { status: 403, body: { code: 30001, message: 'Sorry, your account balance is insufficient' } },
  ],
  ['chat', '429 in words', error(429, 'Your team has used all available credits')],
  ['chat', 'in a 200', within(error(0, 'Insufficient credits', { code: 402 }))],
  [
    'responses',
    'in a 200',
    {
      body: {
        object: 'response',
        status: 'failed',
        error: { code: 'insufficient_quota', message: 'You exceeded your current quota' },
        output: [],
      },
    },
  ],
  ['chat', 'in a stream', stream([{ error: { message: 'Insufficient credits', code: 402 } }]), true],
  [
    'messages',
    'in a stream',
    stream([{ type: 'error', error: { type: 'billing_error', message: 'Pay first' } }]),
    true,
  ],
]

const passing: [WireName, string, Said, boolean?][] = [
  ['chat', 'OpenRouter’s 429', within(error(0, 'Rate limited', { code: 429 }))],
  [
    'chat',
    'vLLM’s form',
    { body: { object: 'error', message: 'Internal error', type: 'InternalServerError', code: 500 } },
  ],
  ['messages', 'overloaded', within(anthropic(0, 'overloaded_error', 'Overloaded'))],
  [
    'responses',
    'status failed',
    {
      body: {
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'oh' },
        output: [],
      },
    },
  ],
  [
    'chat',
    'a page',
    { headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title></html>' },
  ],
  [
    'responses',
    'a page',
    { headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title></html>' },
  ],
  [
    'messages',
    'a page',
    { headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title></html>' },
  ],
  ['chat', 'nothing', { body: '' }],
  ['messages', 'nothing', { body: '' }],
]

/** Refuses bodies that hold a field. */
const unstreamed = (wire: WireName, field: 'stream' | 'stream_options', said: Said): Row => ({
  wire,
  server: `${said.status}, ${field}`,
  teacher: { stream: undefined },
  answers({ body, turn, task }) {
    if (field in body) return said
    return sent(
      wire,
      turn === 1 ? wires[wire].calls() : wires[wire].answers(String(7 + task)),
      'stream' in body,
    )
  },
})

export const rows: Behaviour[] = [
  ...all(
    'a filter that refuses a text ends that conversation, and nothing else',
    { ends: ends('stopped by content_filter'), calls: 5, exit: 0 },
    filters.map(([wire, server, said]) => ({ wire, server, answers: second(said) })),
  ),
  ...all(
    'a conversation that outgrew its model ends there',
    { ends: ends('stopped by length'), calls: 6, exit: 0 },
    lengths.map(([wire, server, said, streamed = false]) => ({
      wire,
      server,
      streamed,
      answers: second(said, 2),
    })),
  ),
  ...all(
    'an empty purse stops the run, whenever and however it is said',
    { ends: [], calls: 2, exit: 69 },
    purses.map(([wire, server, said, streamed = false]) => ({
      wire,
      server,
      streamed,
      answers: ({ number, usual }) => (number > 1 ? said : usual),
      config: { tasks: tasks(3) },
    })),
  ),
  ...all(
    'an error in a 200 is what its status would have been',
    { ends: ['answered 8'], calls: 3, exit: 0 },
    passing.map(([wire, server, said, streamed = false]) => ({
      wire,
      server,
      streamed,
      answers: first(said),
    })),
  ),
  ...all(
    'a refused key, model or address stops the run that it meets first',
    { ends: [], calls: 1, exit: 69 },
    [
      { wire: 'chat', server: '401', answers: always(error(401, 'no')), config: { tasks: tasks(3) } },
      { wire: 'responses', server: '403', answers: always(error(403, 'no')), config: { tasks: tasks(3) } },
      { wire: 'messages', server: '404', answers: always(error(404, 'no')), config: { tasks: tasks(3) } },
    ],
  ),
  ...all(
    'where something was answered before, it is the request’s own',
    { ends: ends('failed at teacher'), calls: 6, exit: 3 },
    [
      { wire: 'chat', server: '401 for one', answers: second(error(401, 'no'), 2) },
      { wire: 'responses', server: '404 of an item', answers: second(error(404, 'Item not found'), 2) },
      { wire: 'messages', server: '403 for one', answers: second(error(403, 'not this one'), 2) },
      { wire: 'chat', server: '422 for one', answers: second({ status: 422, body: { detail: 'no' } }, 2) },
      { wire: 'chat', server: '500 for one', answers: second(error(500, 'oops'), 2), calls: 10 },
    ],
  ),
  ...all(
    'what refuses every request at first stops the run',
    { ends: Array(4).fill('failed at teacher'), calls: 5, exit: 69 },
    [
      {
        wire: 'chat',
        server: '500, image input is not supported',
        answers: always(
          error(500, 'image input is not supported - hint: you may need to provide the mmproj'),
        ),
        config: { tasks: tasks(20) },
        says: /image input is not supported.*5 requests in a row/,
      },
      {
        wire: 'messages',
        server: '400, of max_tokens',
        answers: ({ number }) =>
          anthropic(400, 'invalid_request_error', `max_tokens is wrong (request ${number})`),
        config: { tasks: tasks(20) },
      },
      {
        wire: 'chat',
        server: '500, each time tried again',
        answers: always(error(500, 'oops')),
        config: { tasks: tasks(20) },
        calls: 25,
      },
      {
        wire: 'responses',
        server: '400, of two there are',
        answers: always(error(400, 'Unknown parameter')),
        ends: Array(2).fill('failed at teacher'),
        calls: 2,
        says: /400 Unknown parameter; every request of this run came to that/,
      },
      {
        wire: 'messages',
        server: '422, to the only one',
        answers: ({ number }) => ({ status: 422, body: { detail: `no temperature (${number})` } }),
        ends: ['failed at teacher'],
        calls: 1,
        says: /no temperature/,
        command: true,
      },
    ],
  ),
  ...all(
    'a few requests that fail stop no run where another run may fare better',
    { ends: Array(2).fill('failed at teacher'), calls: 2, exit: 3 },
    [
      { wire: 'chat', server: '500', answers: always(error(500, 'oops')), calls: 10 },
      {
        wire: 'responses',
        server: '400, each time in other words',
        answers: ({ task }) => error(400, task === 1 ? 'too wide' : 'too high'),
      },
      {
        wire: 'messages',
        server: '400, after a first turn',
        answers: ({ turn, usual }) =>
          turn === 1 ? usual : anthropic(400, 'invalid_request_error', 'no results'),
        calls: 4,
      },
    ],
  ),
  ...all(
    'a server that answered and is away is waited for',
    { ends: ['answered 8', 'answered 9'], calls: 24, exit: 0 },
    [
      {
        wire: 'chat',
        server: '502 for a while',
        answers: ({ number, usual }) => (number > 2 && number <= 22 ? error(502, 'Bad Gateway') : usual),
        says: /502 Bad Gateway; it answered before/,
      },
    ],
  ),
  ...all(
    'a server that refuses to stream is asked without, and that is kept',
    { ends: ['answered 8', 'answered 9'], calls: 5, exit: 0 },
    [
      unstreamed(
        'chat',
        'stream',
        error(400, "Unsupported value: 'stream'", { param: 'stream', code: 'unsupported_value' }),
      ),
      unstreamed(
        'chat',
        'stream',
        error(400, 'Your organization must be verified to stream this model.', { param: 'stream' }),
      ),
      unstreamed('chat', 'stream', error(501, 'Streaming is not implemented')),
      unstreamed('responses', 'stream', error(400, 'stream must be false')),
      unstreamed(
        'messages',
        'stream',
        anthropic(400, 'invalid_request_error', 'streaming is not supported by this model'),
      ),
      unstreamed('chat', 'stream_options', {
        status: 422,
        body: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'stream_options'],
              msg: 'Extra inputs are not permitted',
            },
          ],
        },
      }),
      unstreamed(
        'chat',
        'stream_options',
        error(400, 'Unrecognized request argument supplied: stream_options'),
      ),
    ],
  ),
]
