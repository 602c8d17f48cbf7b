import Anthropic from '@anthropic-ai/sdk'
import { afterAll, expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { anthropic } from '../../teachers/anthropic.ts'
import { anthropicBatches } from '../../teachers/anthropic-batch.ts'
import { batching } from '../../teachers/batch-wire.ts'
import { accustomed, habitsOf } from '../../teachers/habits.ts'
import { saidIn } from '../../teachers/reading/said-error.ts'
import { type Batching, type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { answeredError } from '../../teachers/wire-errors.ts'
import { question } from '../conformance/teacher.ts'
import { reply } from '../fixtures.ts'
import { tasks, withRun, wordsOf } from '../pipeline/scripted.ts'
import { smallJail } from '../small-jail.ts'
import { hastyClock } from '../virtual-clock.ts'
import { message, messageBatchServer } from './message-batch-server.ts'

const { signal } = new AbortController()
const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** The least that a wire has to know. */
const batchesAt = (url: string): Batching => {
  const client = new Anthropic({ apiKey: 'none', baseURL: url, logLevel: 'off' })
  return batching(
    {
      name: 'claude',
      patience: {},
      client: () => client,
      write: request => async () => ({
        model: 'claude',
        max_tokens: 9,
        messages: [{ role: 'user' as const, content: wordsOf(request) }],
      }),
      habits: accustomed(habitsOf({}), []).later(),
      reply: ({ content: [block] }) => {
        if (block?.type !== 'text') throw new TeacherError('no text', { fatal: false, transient: true })
        return reply({ text: block.text })
      },
      problem: error => new TeacherError(String(error), { fatal: false }),
      refusal: body => answeredError(saidIn(body), { name: 'claude', key: undefined }),
    },
    anthropicBatches,
    { pollSeconds: 0.001 },
  )
}

const ids = ['a', 'b', 'c', 'd', 'e'].map(sha256)
const items = ids.map((id, sample) => ({ id, request: question({ sample }) }))

async function resultsAt(batch: Batching, ref: string) {
  for (;;) {
    const state = await batch.poll(ref, signal)
    if (state.done) return Array.fromAsync(state.results)
  }
}

const failed = (type: string) =>
  ({ type: 'errored', error: { type: 'error', error: { type, message: 'no' } } }) as never

test('a batch is handed in, waited for and read, each result by its id', async () => {
  const fates = [
    { type: 'succeeded' as const, message: message('8') },
    failed('invalid_request_error'),
    failed('overloaded_error'),
    { type: 'expired' as const },
    { type: 'succeeded' as const, message: { ...message(''), content: [] } },
  ]
  let given = 0
  await using server = await messageBatchServer({ answer: () => fates[given++] as (typeof fates)[number] })
  const batch = batchesAt(server.url)
  const results = await resultsAt(batch, await batch.submit('ours', items, signal))
  expect(results.reverse()).toEqual([
    { id: ids[0], reply: reply({ text: '8' }) },
    {
      id: ids[1],
      message: 'teacher claude: no',
      again: false,
      fatal: false,
      refused: expect.stringMatching(/^teacher claude: no\n/),
    },
    { id: ids[2], message: 'teacher claude: no', again: true, fatal: false },
    { id: ids[3], message: 'batch: the request expired', again: true },
    { id: ids[4], message: 'no text', again: true, fatal: false },
  ])
})

test('what a Messages teacher is asked in a batch is what it is asked online, and its pause is no reply', async () => {
  const paused = { ...message('Wait.'), stop_reason: 'pause_turn' as const }
  await using server = await messageBatchServer({
    answer: ({ model }) => ({ type: 'succeeded', message: model === 'claude' ? message('8') : paused }),
  })
  const teacher = (model: string) =>
    anthropic({ model, baseURL: server.url, apiKey: 'none', thinking: 500, batch: { pollSeconds: 0.001 } })
  const { batch } = teacher('claude') as { batch: Batching }
  const [first] = await resultsAt(batch, await batch.submit('ours', items.slice(0, 1), signal))
  expect(first).toMatchObject({
    id: ids[0],
    reply: { text: '8', stop: 'end', usage: { input: 3, output: 2 } },
  })
  expect(server.batches[0]?.requests[0]).toMatchObject({
    custom_id: ids[0],
    params: {
      model: 'claude',
      thinking: { type: 'enabled', budget_tokens: 500 },
      tools: [{ name: 'python' }],
    },
  })
  const { batch: other } = teacher('other') as { batch: Batching }
  const [second] = await resultsAt(other, await other.submit('ours', items.slice(0, 1), signal))
  expect(second).toEqual({ id: ids[0], message: expect.stringContaining('paused'), again: false })
})

test('a client without batches is told so', async () => {
  const { messages } = new Anthropic({ apiKey: 'none' })
  const client = { messages: { create: messages.create } } as never
  const { batch } = anthropic({ model: 'claude', client, batch: true }) as { batch: Batching }
  await expect(batch.submit('ours', items, signal)).rejects.toMatchObject({
    fatal: true,
    message: expect.stringContaining('no batches'),
  })
})

test('a batch without a name is found by what its results answer, and only when they are there', async () => {
  await using server = await messageBatchServer({
    answer: () => ({ type: 'succeeded', message: message('8') }),
  })
  const batch = batchesAt(server.url)
  expect(await batch.find('ours', ids, signal)).toBeUndefined()
  const ref = await batch.submit('ours', items, signal)
  await expect(batch.find('ours', ids, signal)).rejects.toMatchObject({ name: 'TeacherError', fatal: false })
  expect(await batch.find('ours', ids, signal)).toBe(ref)
  expect(await batch.find('ours', ids.slice(1), signal)).toBeUndefined()
  expect(await batch.find('ours', ids.map(sha256), signal)).toBeUndefined()
})

const runAt = (url: string, count: number, work: Parameters<typeof withRun>[1]) => {
  const teacher: Teacher = {
    name: 'claude',
    options: {},
    samples: 1,
    ask: () => Promise.reject(new Error('it was asked online')),
    batch: batchesAt(url),
  }
  return withRun({ sandbox, teachers: [teacher], tasks: tasks(count) }, work, { clock: hastyClock() })
}

const answered = { type: 'succeeded' as const, message: message('<answer>8</answer>') }

test('a run keeps what an expired batch finished and hands in the rest', async () => {
  await using server = await messageBatchServer({
    answer: ({ messages }, batch) =>
      batch === 1 && JSON.stringify(messages).includes('picture 2') ? { type: 'expired' } : answered,
  })
  await runAt(server.url, 3, async run => {
    await run.run()
    expect((await run.trajectories()).map(({ outcome }) => outcome.kind)).toEqual(Array(3).fill('answered'))
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([3, 1])
  })
})

test('a line of results that is none is no fault of the others, and its request is handed in again', async () => {
  await using server = await messageBatchServer({
    answer: ({ messages }, batch) =>
      batch === 1 && JSON.stringify(messages).includes('picture 2') ? (null as never) : answered,
  })
  await runAt(server.url, 2, async run => {
    await run.run()
    expect((await run.trajectories()).map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered'])
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([2, 1])
  })
})

test('a batch whose acceptance got lost is waited for and not handed in twice', async () => {
  await using server = await messageBatchServer({
    answer: () => answered,
    cut: (asked, number) => asked === 'POST /v1/messages/batches' && number === 1,
  })
  await runAt(server.url, 2, async run => {
    await run.run()
    expect((await run.trajectories()).map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered'])
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([2])
    expect(await run.store.count('batches')).toBe(0)
  })
})

test.each([
  ['is not known any more', () => undefined, /cannot be asked after \(404\)/],
  ['ended, and its results are gone', batch => ({ ...batch, results_url: null }), /its results are gone/],
] as [string, (batch: object, looks: number) => object | undefined, RegExp][])(
  'a batch that %s neither stops a run nor holds it',
  async (_, change, said) => {
    let handedIn = 0
    await using server = await messageBatchServer({
      answer: () => answered,
      // The first batch is lost when it has ended.
      shown: (batch, looks) =>
        looks >= 2 && Reflect.get(batch, 'id') === 'msgbatch_1' ? change(batch, looks) : batch,
      cut: asked => {
        if (asked === 'POST /v1/messages/batches') handedIn++
        return false
      },
    })
    const teacher = anthropic({
      model: 'claude',
      baseURL: server.url,
      apiKey: 'none',
      batch: { pollSeconds: 0.001 },
    })
    const work = async (run: Parameters<Parameters<typeof withRun>[1]>[0]) => {
      await run.run()
      expect((await run.trajectories()).map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered'])
      expect(handedIn).toBe(2)
      expect(run.progress).toContainEqual({ kind: 'warning', message: expect.stringMatching(said) })
    }
    await withRun({ sandbox, teachers: [teacher], tasks: tasks(2) }, work, { clock: hastyClock() })
  },
)

test('where too much is queued, the next batch waits for minutes and is smaller', async () => {
  const error = {
    type: 'rate_limit_error',
    message: 'Number of requests in the batch processing queue would exceed your limit of 100,000',
  }
  await using server = await messageBatchServer({
    answer: () => answered,
    refused: (asked, number) =>
      asked === 'POST /v1/messages/batches' && number <= 2
        ? { status: 429, body: { type: 'error', error } }
        : undefined,
  })
  const teacher = anthropic({
    model: 'claude',
    baseURL: server.url,
    apiKey: 'none',
    batch: { pollSeconds: 0.001 },
  })
  const work: Parameters<typeof withRun>[1] = async run => {
    await run.run()
    expect((await run.trajectories()).map(({ outcome }) => outcome.kind)).toEqual(Array(4).fill('answered'))
    const sizes = server.batches.map(({ requests }) => requests.length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(4)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2)
    const said = run.progress.flatMap(event => (event.kind === 'warning' ? [event.message] : []))
    expect(said).toContainEqual(
      expect.stringMatching(/batch processing queue .*; the next batch is handed in when/),
    )
  }
  await withRun({ sandbox, teachers: [teacher], tasks: tasks(4) }, work, { clock: hastyClock() })
})
