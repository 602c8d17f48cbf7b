import Anthropic from '@anthropic-ai/sdk'
import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { teacherAdapter } from '../../pipeline/ask/ask-teacher.ts'
import { tries } from '../../pipeline/ask/asker.ts'
import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import { type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { observation } from '../fixtures.ts'

// A server that others wrote to behave as the providers do, well and badly.
const server = new LLMock({ port: 0 })
const call = (code: string) => ({ name: 'python', arguments: JSON.stringify({ code }) })
beforeAll(async () => {
  server.on({ hasToolResult: false }, { content: 'I look.', toolCalls: [call('1'), call('2')] })
  server.on({ hasToolResult: true }, { content: '<answer>8</answer>' })
  await server.start()
})
beforeEach(() => {
  server.clearChaos()
  server.clearRequests()
})
afterAll(() => server.stop())

const { signal } = new AbortController()
const patient = tries({ backoff: 1 })
const settings = { model: 'm' }
interface Client {
  maxRetries: number
  timeout?: number
}
const openAiClient = (options: Client) =>
  new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, logLevel: 'off', ...options })
const teachers: [string, (stream: boolean, options: Client) => Teacher][] = [
  ['Chat Completions', (stream, options) => openai({ ...settings, stream, client: openAiClient(options) })],
  ['Responses', (stream, options) => openaiResponses({ ...settings, stream, client: openAiClient(options) })],
  [
    'Messages',
    (stream, options) => {
      const client = new Anthropic({ apiKey: 'k', baseURL: server.url, logLevel: 'off', ...options })
      return anthropic({ ...settings, stream, client })
    },
  ],
]
const ways = teachers.flatMap(([name, make]) =>
  [false, true].map(stream => ({
    way: `${name}, ${stream ? 'streamed' : 'whole'}`,
    teacher: (options: Client = { maxRetries: 0 }) => make(stream, options),
  })),
)

async function failure(teacher: Teacher): Promise<TeacherError> {
  const error: unknown = await teacher.ask(question(), signal).catch((thrown: unknown) => thrown)
  if (error instanceof TeacherError) return error
  throw new Error(`it gave ${JSON.stringify(error)}`)
}

describe.each(ways)('$way', ({ teacher }) => {
  test('parallel calls are answered in one round, and the answer comes', async () => {
    const first = await teacher().ask(question(), signal)
    expect(first).toMatchObject({ stop: 'calls', text: 'I look.' })
    expect(first.calls.map(({ arguments: text }) => JSON.parse(text))).toEqual([{ code: '1' }, { code: '2' }])
    const observations = first.calls.map(({ id }) => observation({ callId: id }))
    const second = await teacher().ask(question({ turns: [{ reply: first, observations }] }), signal)
    expect(second).toMatchObject({ stop: 'end', text: '<answer>8</answer>', calls: [] })
  })

  test('one 429 with Retry-After, one 500 or one overload is waited out', async () => {
    for (const status of [429, 500, 529]) {
      server.nextRequestError(status, { message: 'later' })
      expect(await patient(teacherAdapter().inquiryOf(teacher(), question()), signal)).toMatchObject({
        stop: 'calls',
      })
    }
    expect(server.getRequests().map(({ response }) => response.status)).toEqual([
      429, 200, 500, 200, 529, 200,
    ])
  })

  test.each([
    ['too many requests', { rateLimitRate: 1 }, /429 .*rate limit/],
    ['a fault of the server', { dropRate: 1 }, /500 /],
    ['truncated JSON', { malformedRate: 1 }, /./],
    ['a disconnect', { disconnectRate: 1 }, /./],
  ])('%s that lasts is a fault that may pass, in one line', async (_, chaos, says) => {
    server.setChaos(chaos)
    const { fatal, message } = await failure(teacher())
    expect(fatal).toBe(false)
    expect(message).toMatch(says)
    expect(message).toMatch(/^teacher m: [^\n]+$/)
  })

  test('a server that does not answer in time is one too', async () => {
    server.setChaos({ latencyMs: 30_000 })
    const { fatal, message } = await failure(teacher({ maxRetries: 0, timeout: 50 }))
    expect({ fatal, message }).toEqual({ fatal: false, message: 'teacher m: Request timed out.' })
  })

  test.each([401, 403, 404])('a %i stops the run', async status => {
    server.nextRequestError(status, { message: 'no' })
    expect(await failure(teacher())).toMatchObject({ fatal: true, message: `teacher m: ${status} no` })
  })
})
