import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import type { Batching, BatchResult } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { loopback } from '../servers/loopback.ts'
import { batchServer } from './batch-server.ts'
import { completion } from './wire-server.ts'

const { signal } = new AbortController()
const ids = ['a', 'b'].map(sha256)
const items = ids.map((id, sample) => ({ id, request: question({ sample }) }))

const batchOf = (options: Parameters<typeof openai>[0]): Batching => {
  const { batch } = openai({ apiKey: 'none', batch: true, ...options })
  if (!batch) throw new Error('it has no batches')
  return batch
}

/** Look until it has ended. */
async function end(
  batch: Batching,
  ref: string,
): Promise<{ looks: number; results: BatchResult[]; problem: string }> {
  for (let looks = 1; ; looks++) {
    const state = await batch.poll(ref, signal)
    if (state.done) return { looks, results: await Array.fromAsync(state.results), problem: state.problem }
  }
}

/** A batch at somebody else’s idea of OpenAI’s service, which ends as it is told. */
async function lifeCycle(outcome: 'completed' | 'failed' | 'expired' | 'cancelled') {
  const mock = new LLMock({ port: 0 })
  await mock.start()
  try {
    const client = new OpenAI({
      apiKey: 'none',
      baseURL: `${mock.url}/v1`,
      defaultHeaders: { 'x-aimock-batch-outcome': outcome },
    })
    const batch = batchOf({ model: 'm', client })
    const ref = await batch.submit('ours', items, signal)
    expect(await batch.find('ours', ids, signal)).toBe(ref)
    expect(await batch.find('another', ids, signal)).toBeUndefined()
    return await end(batch, ref)
  } finally {
    await mock.stop()
  }
}

test('a batch is handed in, found by its name, looked at and read', async () => {
  const { looks, results } = await lifeCycle('completed')
  expect(looks).toBeGreaterThan(1)
  expect(results.map(({ id }) => id).sort()).toEqual([...ids].sort())
  expect(results[0]).toMatchObject({ reply: { text: 'Mock batch completion', stop: 'end', model: 'm' } })
})

test.each(['failed', 'expired', 'cancelled'] as const)(
  'a batch that is %s says so and gives no reply',
  async outcome => {
    const { results, problem } = await lifeCycle(outcome)
    expect(results.filter(result => 'reply' in result)).toEqual([])
    expect(problem).toMatch(new RegExp(`^batch batch\\S+ ${outcome}: `))
  },
)

const refused = (status: number) => ({ status, body: { error: { message: 'no' } } })

test.each([
  [200, completion(), { reply: { text: 'It is red.' } }],
  [200, { object: 'nothing' }, { again: true, message: /without a choice/ }],
  [400, { error: { message: 'too long' } }, { again: false, message: /400 too long/ }],
  [429, { error: { message: 'slow' } }, { again: true }],
  [500, { error: { message: 'oh' } }, { again: true }],
] as const)('a line of status %i is understood', async (status, body, expected) => {
  await using server = await batchServer({ answer: () => ({ status, body }) })
  const batch = batchOf({ model: 'm', baseURL: server.url })
  const { results } = await end(batch, await batch.submit('ours', items.slice(0, 1), signal))
  const message = 'message' in expected ? { message: expect.stringMatching(expected.message) } : {}
  expect(results).toEqual([
    expect.objectContaining({
      ...expected,
      ...('reply' in expected ? { reply: expect.objectContaining(expected.reply) } : {}),
      ...message,
    }),
  ])
})

test('the same request goes into a batch as goes over the wire', async () => {
  const bodies: unknown[] = []
  await using server = await batchServer({
    answer: body => {
      bodies.push(body)
      return { status: 200, body: completion() }
    },
  })
  const asked = { model: 'm', baseURL: server.url, seed: 4, params: { top_p: 0.5 } }
  const teacher = openai({ ...asked, batch: true, stream: false })
  const online = await teacher.ask(question({ sample: 1 }), signal)
  const batch = teacher.batch as Batching
  const { results } = await end(batch, await batch.submit('ours', items.slice(1), signal))
  expect(results).toEqual([{ id: ids[1], reply: online }])
  expect(bodies[1]).toEqual(bodies[0])
})

test('a Responses teacher is asked in batches, too', async () => {
  const output = [{ type: 'message', content: [{ type: 'output_text', text: '8', annotations: [] }] }]
  const asked: unknown[] = []
  await using server = await batchServer({
    answer: body => {
      asked.push(body)
      return { status: 200, body: { object: 'response', status: 'completed', model: 'm', output } }
    },
  })
  const { batch } = openaiResponses({ model: 'm', baseURL: server.url, apiKey: 'none', batch: true })
  if (!batch) throw new Error('it has no batches')
  const { results } = await end(batch, await batch.submit('ours', items.slice(0, 1), signal))
  expect(results).toMatchObject([{ id: ids[0], reply: { text: '8', stop: 'end' } }])
  expect(asked).toMatchObject([{ model: 'm', store: false, input: [{ role: 'user' }] }])
})

test('batches are no part of what a teacher is', () => {
  expect(openai({ model: 'm', batch: true }).options).toEqual(openai({ model: 'm' }).options)
  expect(openai({ model: 'm' })).not.toHaveProperty('batch')
})

test('creating a batch is sent once, whatever comes back', async () => {
  await using server = await batchServer({
    answer: () => refused(500),
    trouble: asked => (asked === 'POST /v1/batches' ? 500 : undefined),
  })
  const batch = batchOf({ model: 'm', baseURL: server.url })
  await expect(batch.submit('ours', items, signal)).rejects.toMatchObject({
    name: 'TeacherError',
    fatal: false,
  })
  expect(server.counts.get('POST /v1/batches')).toBe(1)
})

test('a list of batches that goes round is left, and a server without one has nothing to find', async () => {
  for (const trouble of [undefined, () => 404]) {
    await using server = await loopback(() =>
      trouble
        ? { status: trouble(), body: { error: { message: 'no such route' } } }
        : { body: { object: 'list', data: [{ id: 'batch_1', metadata: {} }], has_more: true } },
    )
    const batch = batchOf({ model: 'm', baseURL: `${server.origin}/v1` })
    expect(await batch.find('ours', ids, signal)).toBeUndefined()
  }
})

test('an end by error in a line is one, and an empty purse is fatal', async () => {
  const bodies = [
    [{ code: 'context_length_exceeded', message: 'Your input is too long' }, 400],
    [{ code: 'insufficient_quota', message: 'You exceeded your current quota' }, 429],
  ] as const
  let number = 0
  await using server = await batchServer({
    answer: () => {
      const [error, status] = bodies[number++] ?? bodies[0]
      return { status, body: { error } }
    },
  })
  const batch = batchOf({ model: 'm', baseURL: server.url })
  const { results } = await end(batch, await batch.submit('ours', items, signal))
  expect(results).toEqual([
    { id: ids[0], reply: expect.objectContaining({ stop: 'length', text: '' }) },
    expect.objectContaining({ id: ids[1], fatal: true }),
  ])
})
