import { expect, test } from 'vitest'
import { habitsOf } from '../../teachers/habits.ts'
import { asOpenAi } from '../../teachers/openai.ts'
import { openAiBatches } from '../../teachers/openai-batch.ts'
import { NoReply } from '../../teachers/reading/no-reply.ts'
import { wireTeacher } from '../../teachers/wire.ts'
import { question } from '../conformance/teacher.ts'

const { signal } = new AbortController()

/** A teacher whose wire stumbles over what came. */
const stumbling = (thrown: Error) =>
  wireTeacher(
    { model: 'm', apiKey: 'none', baseURL: 'http://127.0.0.1:1/v1' },
    {
      options: {},
      ...asOpenAi,
      habits: habitsOf({}, {}),
      lessons: [],
      toWire: async () => ({}),
      send: async () => ({ whole: { odd: 'body' } }),
      fromWire: () => {
        throw thrown
      },
      batches: openAiBatches('/v1/chat/completions'),
    },
  )

test('a fault of kindling’s own in reading a reply keeps the reply, and buys it not again', async () => {
  const reply = await stumbling(new TypeError('x is undefined')).ask(question(), signal)
  expect(reply).toMatchObject({
    stop: 'broken',
    raw: {
      broken: 'it cannot be read: TypeError: x is undefined',
      body: { whole: { odd: 'body' } },
    },
  })
})

test('what is no reply is a fault that may pass', async () => {
  const asked = stumbling(new NoReply('the stream ended before the reply did')).ask(question(), signal)
  await expect(asked).rejects.toMatchObject({
    transient: true,
    message: 'teacher m: the stream ended before the reply did',
  })
})
