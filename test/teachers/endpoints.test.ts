import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { openai } from '../../teachers/openai.ts'
import { question } from '../conformance/teacher.ts'
import { completion, wireServer } from './wire-server.ts'

const { signal } = new AbortController()

/** With some variables of the environment, for a while. */
async function withKeys(keys: Record<string, string>, work: () => Promise<void>) {
  Object.assign(process.env, keys)
  try {
    await work()
  } finally {
    for (const name of Object.keys(keys)) delete process.env[name]
  }
}

test('limits and endpoints are outside of what a teacher is', () => {
  const plain = openai({ model: 'm' })
  const limits = { requestsPerMinute: 60 }
  const reached = openai({
    model: 'm',
    limits,
    endpoints: [{ apiKeyEnv: 'FIRST_KEY' }, { apiKeyEnv: 'SECOND_KEY' }],
  })
  expect(reached).toMatchObject({ name: plain.name, options: plain.options, samples: plain.samples, limits })
})

test('each endpoint has a name of its own, and its own limits or the teacher’s', () => {
  const { endpoints } = openai({
    model: 'm',
    limits: { concurrency: 4 },
    endpoints: [{ apiKeyEnv: 'FIRST_KEY' }, { baseURL: 'http://box:8000/v1', limits: { concurrency: 9 } }],
  })
  expect(endpoints?.map(({ name, limits }) => ({ name, limits }))).toEqual([
    { name: 'm (FIRST_KEY)', limits: { concurrency: 4 } },
    { name: 'm (box:8000)', limits: { concurrency: 9 } },
  ])
})

test('each endpoint is asked at its own address with the key of its own variable', () =>
  withKeys({ FIRST_KEY: 'one', SECOND_KEY: 'two' }, async () => {
    await using server = await wireServer(() => ({ body: completion() }))
    await using other = await wireServer(() => ({ body: completion() }))
    const teacher = openai({
      model: 'm',
      baseURL: server.url,
      endpoints: [{ apiKeyEnv: 'FIRST_KEY' }, { apiKeyEnv: 'SECOND_KEY', baseURL: other.url }],
    })
    for (const each of teacher.endpoints ?? []) await each.ask(question(), signal)
    expect(server.arrived.map(({ key }) => key)).toEqual(['Bearer one'])
    expect(other.arrived.map(({ key }) => key)).toEqual(['Bearer two'])
    await teacher.ask(question(), signal)
    await teacher.ask(question(), signal)
    expect([server.arrived.length, other.arrived.length]).toEqual([2, 2])
  }))

test('a variable that is named and not set is said, even where a server needs no key', async () => {
  const teacher = openai({ model: 'm', baseURL: 'http://127.0.0.1:9/v1', apiKeyEnv: 'NOT_SET_KEY' })
  const missing = { fatal: true, message: 'teacher m: no API key; set NOT_SET_KEY' }
  await expect(teacher.ask(question(), signal)).rejects.toMatchObject(missing)
  expect(() => teacher.ready?.()).toThrow(missing.message)
})

test('a teacher can be asked as long as one of its endpoints can', () =>
  withKeys({ FIRST_KEY: 'one' }, async () => {
    const at = (...variables: string[]) =>
      openai({ model: 'm', endpoints: variables.map(apiKeyEnv => ({ apiKeyEnv })) })
    expect(() => at('NOT_SET_KEY', 'FIRST_KEY').ready?.()).not.toThrow()
    expect(() => at('NOT_SET_KEY', 'UNSET_KEY').ready?.()).toThrow(
      'teacher m (NOT_SET_KEY): no API key; set NOT_SET_KEY',
    )
  }))

test('a key of a named variable comes before one that was given, and a ready client has no endpoints', async () => {
  await withKeys({ FIRST_KEY: 'one' }, async () => {
    await using server = await wireServer(() => ({ body: completion() }))
    await openai({ model: 'm', baseURL: server.url, apiKey: 'given', apiKeyEnv: 'FIRST_KEY' }).ask(
      question(),
      signal,
    )
    expect(server.arrived[0]?.key).toBe('Bearer one')
  })
  const client = new OpenAI({ apiKey: 'given' })
  expect(() => openai({ model: 'm', client, endpoints: [{ apiKeyEnv: 'FIRST_KEY' }] })).toThrow(
    'teacher m: give it endpoints or a ready client, not both',
  )
})
