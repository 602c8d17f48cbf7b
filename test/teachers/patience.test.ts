import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { expect, test, vi } from 'vitest'
import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import { patiently, unhurried } from '../../teachers/patience.ts'
import type { Batching, Teacher, TeacherError } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { completion } from './wire-server.ts'

const { signal } = new AbortController()

async function serving(answer: (response: ServerResponse, request: IncomingMessage) => unknown) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response, request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

type Make = (origin: string, options: object) => Teacher
const makes: [string, Make][] = [
  ['chat', (origin, options) => openai({ model: 'm', baseURL: `${origin}/v1`, apiKey: 'k', ...options })],
  [
    'responses',
    (origin, options) => openaiResponses({ model: 'm', baseURL: `${origin}/v1`, apiKey: 'k', ...options }),
  ],
  ['messages', (origin, options) => anthropic({ model: 'm', baseURL: origin, apiKey: 'k', ...options })],
]

const failure = (teacher: Teacher) =>
  teacher.ask(question(), signal).then(
    () => 'answered',
    ({ message, transient, fatal }: TeacherError) => ({ message, transient, fatal }),
  )

/** Says the same again and again, until nobody listens. */
const saying = (type: string, words: string) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': type })
  const again = setInterval(() => response.write(words), 5)
  response.on('close', () => clearInterval(again))
}

const silences: [string, (response: ServerResponse) => unknown][] = [
  ['never answers', () => {}],
  ['keeps a stream open by comments', saying('text/event-stream', ': PROCESSING\n\n')],
  ['keeps a stream open by pings', saying('text/event-stream', 'event: ping\ndata: {"type": "ping"}\n\n')],
  ['keeps a stream open by events without data', saying('text/event-stream', 'event: ping\ndata:\n\n')],
  ['keeps a body open by blanks', saying('application/json', ' \n')],
  [
    'falls silent within an answer',
    response => response.writeHead(200, { 'content-type': 'application/json' }).write('{"choices": ['),
  ],
]

test.each(makes.flatMap(([wire, make]) => silences.map(([what, answer]) => ({ wire, make, what, answer }))))(
  '$wire: a server that $what is given up',
  async ({ make, answer }) => {
    using server = await serving(answer)
    expect(await failure(make(server.origin, { quietSeconds: 0.2 }))).toEqual({
      message: 'teacher m: no word of an answer came for 0.2 seconds',
      transient: true,
      fatal: false,
    })
  },
)

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

test('every word begins the silence anew, until all of it takes too long', async () => {
  vi.useFakeTimers()
  try {
    const silent: boolean[] = []
    const patience = { quietSeconds: 10, totalSeconds: 30 }
    await patiently(patience, { name: 'm', signal }, async ({ signal: given, heard }) => {
      for (let word = 0; word < 4; word++) {
        vi.advanceTimersByTime(9000)
        silent.push(given.aborted)
        heard()
      }
    })
    expect(silent).toEqual([false, false, false, true])
  } finally {
    vi.useRealTimers()
  }
})

test('one that says words for ever is given up in the end', async () => {
  using server = await serving(saying('text/event-stream', chunk({ content: 'and ' })))
  const teacher = openai({ model: 'm', baseURL: server.origin, apiKey: 'k', totalSeconds: 0.3 })
  expect(await failure(teacher)).toMatchObject({
    message: 'teacher m: no whole answer came within 0.3 seconds',
  })
})

test('a reply that is whole counts, though its server never ends it', async () => {
  using server = await serving(response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ role: 'assistant', content: 'It is red.' }))
    response.write(chunk({}, 'stop'))
  })
  const teacher = openai({ model: 'm', baseURL: server.origin, apiKey: 'k', quietSeconds: 0.2 })
  expect(await teacher.ask(question(), signal)).toMatchObject({ text: 'It is red.', stop: 'end' })
})

/** A server that ends no body; the test does. */
async function endless() {
  const open: ServerResponse[] = []
  const server = await serving(response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`${chunk({ role: 'assistant', content: 'It is red.' }, 'stop')}data: [DONE]\n\n`)
    open.push(response)
  })
  return { ...server, open }
}

test('a connection whose body ends a moment after the reply in it is used again', async () => {
  using server = await endless()
  const teacher = openai({ model: 'm', baseURL: server.origin, apiKey: 'k' })
  const sockets = new Set<unknown>()
  for (let count = 0; count < 10; count++) {
    expect(await teacher.ask(question(), signal)).toMatchObject({ text: 'It is red.' })
    const last = server.open.at(-1)
    sockets.add(last?.socket)
    last?.end()
    await once(last as ServerResponse, 'close')
    await setImmediate()
  }
  expect(sockets.size).toBeLessThan(10)
})

test('one whose body does not end is closed, and the reply does not wait for that', async () => {
  using server = await endless()
  const teacher = openai({ model: 'm', baseURL: server.origin, apiKey: 'k' })
  expect(await teacher.ask(question(), signal)).toMatchObject({ text: 'It is red.' })
  const [response] = server.open
  expect(response?.destroyed).toBe(false)
  await once(response as ServerResponse, 'close')
})

test('how long an answer may take is no part of what a teacher is, and holds for each endpoint', async () => {
  using server = await serving(() => {})
  const patience = { quietSeconds: 0.1, totalSeconds: 9 }
  const plain = openai({ model: 'm', baseURL: server.origin })
  const teacher = openai({
    model: 'm',
    baseURL: server.origin,
    apiKey: 'k',
    endpoints: [{ baseURL: server.origin }],
    ...patience,
  })
  expect(teacher.options).toEqual(plain.options)
  expect(await failure(teacher)).toMatchObject({ transient: true })
})

/** Connections whose own limits are a twentieth of a second; a server of 300 ms passes them only without limits. */
async function hurried(work: () => Promise<void>) {
  const before = getGlobalDispatcher()
  setGlobalDispatcher(new Agent({ headersTimeout: 50, bodyTimeout: 50 }))
  try {
    await work()
  } finally {
    setGlobalDispatcher(before)
  }
}

/** The timers of undici tick once a second. */
const slow = 2500

test('no limit of Node’s own connections cuts an answer, of a ready client neither', () =>
  hurried(async () => {
    using server = await serving(response => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' }).write(' ')
        setTimeout(() => response.end(JSON.stringify(completion())), slow)
      }, slow)
    })
    const settings = { apiKey: 'k', baseURL: server.origin, maxRetries: 0, logLevel: 'off' as const }
    const asked = { model: 'm', stream: false }
    const teachers = [
      openai({ ...asked, baseURL: server.origin, apiKey: 'k' }),
      openai({ ...asked, client: new OpenAI(settings) }),
    ]
    const replies = teachers.map(teacher => teacher.ask(question(), signal))
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(['It is red.', 'It is red.'])
    await expect(fetch(server.origin, { method: 'POST' })).rejects.toThrow('fetch failed')
  }))

test('the ten minutes of the packages are no limit, and one that a ready client was made with is', () => {
  for (const Client of [OpenAI, Anthropic]) {
    expect(unhurried(new Client({ apiKey: 'k' })).timeout).toBeGreaterThan(10 * 24 * 3_600_000)
    expect(unhurried(new Client({ apiKey: 'k', timeout: 5000 }))).not.toHaveProperty('timeout')
    const dispatcher = new Agent()
    const own = new Client({ apiKey: 'k', fetchOptions: { dispatcher } })
    expect(unhurried(own)).not.toHaveProperty('fetchOptions')
  }
})

const batcher = (make: Make, origin: string, options = {}) => {
  const { batch } = make(origin, { batch: { pollSeconds: 0.001 }, ...options })
  if (!batch) throw new Error('it is asked in batches')
  return batch
}
const items = [{ id: 'a'.repeat(64), request: question() }]

/** Reads all results of a batch that has ended. */
async function resultsOf(batch: Batching) {
  const state = await batch.poll('batch_1', signal)
  return state.done ? Array.fromAsync(state.results) : []
}

const looks: [string, (batch: Batching) => Promise<unknown>][] = [
  ['handing in', batch => batch.submit('ours', items, signal)],
  ['searching', batch => batch.find('ours', ['a'.repeat(64)], signal)],
  ['looking', batch => batch.poll('batch_1', signal)],
]

test.each(makes.flatMap(([wire, make]) => looks.map(([what, look]) => ({ wire, make, what, look }))))(
  '$wire: $what at batches is given up where nobody answers',
  async ({ make, look }) => {
    using server = await serving(() => {})
    await expect(look(batcher(make, server.origin, { quietSeconds: 0.2 }))).rejects.toMatchObject({
      message: 'teacher m: no word of an answer came for 0.2 seconds',
      transient: true,
    })
  },
)

const ended = { id: 'batch_1', status: 'completed', output_file_id: 'file-1', processing_status: 'ended' }
const line = JSON.stringify({
  custom_id: 'a',
  response: { status_code: 500, body: {} },
  result: { type: 'expired' },
})

/** What a provider of batches says, each after `answer` let it. */
const batchSays = (origin: string, { url = '' }: IncomingMessage): string => {
  if (/content|results/.test(url)) return `${line}\n`
  if (url.endsWith('/files')) return JSON.stringify({ id: 'file-1' })
  return JSON.stringify({ ...ended, results_url: `${origin}/results` })
}

test('results that fall silent within a line are given up', async () => {
  using server = await serving((response, request) => {
    const said = batchSays('', request)
    response.writeHead(200, { 'content-type': 'application/json' })
    if (said.startsWith(line)) response.write(said.slice(0, -9))
    else response.end(said)
  })
  const [, [, make] = []] = makes
  const batch = batcher(make as Make, server.origin, { quietSeconds: 0.5 })
  await expect(resultsOf(batch)).rejects.toMatchObject({
    message: 'teacher m: no word of an answer came for 0.5 seconds',
    transient: true,
  })
})

test(
  'no limit of Node’s own connections cuts a look at a batch, or the transfer of its files',
  () =>
    hurried(async () => {
      let origin = ''
      using server = await serving((response, request) => {
        setTimeout(() => {
          const said = batchSays(origin, request)
          response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
          setTimeout(() => response.end(said), slow)
        }, slow)
      })
      origin = server.origin
      const done = makes.map(async ([, make]) => {
        const batch = batcher(make, server.origin)
        return [await batch.submit('ours', items, signal), await resultsOf(batch)]
      })
      for (const [ref, results] of await Promise.all(done)) {
        expect(ref).toBe('batch_1')
        expect(results).toHaveLength(1)
      }
    }),
  60_000,
)
