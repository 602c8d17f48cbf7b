import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '../../schemas/json.ts'
import { Reply } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import { type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { observation } from '../fixtures.ts'
import { type Answer, sse, wireServer } from './wire-server.ts'

// Real answers of real providers, where somebody has put them beside the checkout. They are not part of the project.
const shared = process.env.KINDLING_SHARED ?? join(import.meta.dirname, '../../../shared')
const folder = join(shared, 'recordings')

type Wire = 'anthropic' | 'openai-chat' | 'openai-responses'
interface Recording {
  file: string
  wire: Wire
  answer: Answer
  streamed: boolean
}

const wires: Record<string, Wire> = {
  '/v1/messages': 'anthropic',
  '/v1/chat/completions': 'openai-chat',
  '/api/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
}

interface Interaction {
  request: { method: string; uri: string }
  response: { status: { code: number }; parsed_body?: unknown; body?: { string: string } }
}

function cassette(file: string): Recording[] {
  const { interactions } = parse(readFileSync(file, 'utf8')) as { interactions: Interaction[] }
  return interactions.flatMap(({ request, response }) => {
    const wire = wires[new URL(request.uri).pathname]
    if (!wire || request.method !== 'POST') return []
    const { status, parsed_body, body } = response
    const streamed = parsed_body === undefined
    const type = streamed ? 'text/event-stream' : 'application/json'
    return [
      { file, wire, streamed, answer: { status: status.code, body: parsed_body ?? body?.string, type } },
    ]
  })
}

function response(file: string, wire: Wire): Recording[] {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.json')) {
    const body = JSON.parse(text) as { error?: unknown }
    return [{ file, wire, streamed: false, answer: { body, status: body.error ? 400 : 200 } }]
  }
  if (file.endsWith('.sse'))
    return [{ file, wire, streamed: true, answer: { body: text, type: 'text/event-stream' } }]
  const events = text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as JsonObject)
  const end = wire === 'openai-chat' ? 'data: [DONE]\n\n' : ''
  return [{ file, wire, streamed: true, answer: sse(events, end) }]
}

const filesIn = (path: string) => readdirSync(path).map(name => join(path, name))

function recordings(): Recording[] {
  const cassettes = ['anthropic', 'openai_chat', 'openai_responses', 'other']
  const responses: Wire[] = ['anthropic', 'openai-chat', 'openai-responses']
  return [
    ...cassettes.flatMap(name => filesIn(join(folder, 'pydantic-ai', name)).flatMap(cassette)),
    ...responses.flatMap(wire =>
      filesIn(join(folder, 'vercel-ai', wire)).flatMap(file => response(file, wire)),
    ),
  ]
}

function teacherOf({ wire, streamed: stream }: Recording, origin: string): Teacher {
  const settings = { model: 'm', apiKey: 'none', stream }
  if (wire === 'anthropic') {
    const client = new Anthropic({ apiKey: 'none', baseURL: origin, maxRetries: 0 })
    return anthropic({ ...settings, client, cache: false })
  }
  const client = new OpenAI({ apiKey: 'none', baseURL: `${origin}/v1`, maxRetries: 0, logLevel: 'off' })
  return wire === 'openai-chat' ? openai({ ...settings, client }) : openaiResponses({ ...settings, client })
}

/** What the provider's own package makes of the same stream: an independent judge. */
async function judged({ wire }: Recording, origin: string): Promise<{ text: string; calls: string[] }> {
  if (wire === 'anthropic') {
    const client = new Anthropic({ apiKey: 'none', baseURL: origin })
    const { content } = await client.messages
      .stream({ model: 'm', max_tokens: 1, messages: [] })
      .finalMessage()
    return {
      text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
      calls: content.flatMap(block =>
        block.type === 'tool_use' ? [`${block.id} ${JSON.stringify(block.input)}`] : [],
      ),
    }
  }
  const client = new OpenAI({ apiKey: 'none', baseURL: `${origin}/v1` })
  if (wire === 'openai-chat') {
    const { choices } = await client.chat.completions
      .stream({ model: 'm', messages: [] })
      .finalChatCompletion()
    const calls = choices[0]?.message.tool_calls ?? []
    return {
      text: choices[0]?.message.content ?? '',
      calls: calls.flatMap(call =>
        'function' in call ? [`${call.id} ${canonical(call.function.arguments)}`] : [],
      ),
    }
  }
  const { output, output_text } = await client.responses.stream({ model: 'm', input: '' }).finalResponse()
  return {
    text: output_text,
    calls: output.flatMap(item =>
      item.type === 'function_call' ? [`${item.call_id} ${canonical(item.arguments)}`] : [],
    ),
  }
}

const canonical = (text: string) => JSON.stringify(JSON.parse(text || '{}'))

/** What the model said, as the recorded answer has it and as a later request has it. */
function saidIn(body: JsonObject, wire: Wire): unknown {
  // A message without content is taken from nobody.
  if (wire === 'anthropic')
    return isEmpty(body.content) ? [{ type: 'text', text: '(no text)' }] : body.content
  if (wire === 'openai-responses') return body.output
  const [choice] = body.choices as { message: JsonObject }[]
  return Object.fromEntries(
    Object.entries(choice?.message ?? {}).filter(([key, value]) => value !== null || key === 'content'),
  )
}

const isEmpty = (content: unknown) => Array.isArray(content) && content.length === 0

function sentIn(body: JsonObject, wire: Wire): unknown {
  if (wire === 'openai-responses')
    return (body.input as JsonObject[]).slice(1).filter(one => one.type !== 'function_call_output')
  const message = (body.messages as JsonObject[]).find(({ role }) => role === 'assistant')
  return wire === 'anthropic' ? message?.content : message
}

const check = validator(Reply)
const { signal } = new AbortController()
const found = existsSync(folder) ? recordings() : []
const titled = found.map((one, index): [string, Recording] => [
  `${one.file.slice(folder.length + 1)} (${index})`,
  one,
])
const isError = ({ answer, file }: Recording) =>
  (answer.status ?? 200) !== 200 || file.includes('openai-error')
/** Fatal are a model that there is not, and an empty purse. */
const isFatal = ({ answer }: Recording) =>
  answer.status === 404 || JSON.stringify(answer.body).includes('insufficient_quota')
/** Streams that the packages do not take: malformed on purpose, several in one, replaced ids, calls counted from 1. */
const unjudged = /spliced|programmatic|openai-reasoning-encrypted|fallback/

if (found.length > 0) {
  test.each(titled.filter(([, one]) => !isError(one)))(
    '%s is read, and what was said goes back',
    async (file, one) => {
      await using server = await wireServer<JsonObject>(() => one.answer)
      const teacher = teacherOf(one, server.origin)
      const reply = await teacher.ask(question(), signal)
      expect(check(reply)).toMatchObject({ ok: true })
      const observations = reply.calls.map(({ id }) => observation({ callId: id }))
      await teacher.ask(
        question({ turns: [{ reply: JSON.parse(JSON.stringify(reply)), observations }] }),
        signal,
      )
      const sent = sentIn(server.arrived[1]?.body ?? {}, one.wire)
      if (!one.streamed) expect(sent).toEqual(saidIn(one.answer.body as JsonObject, one.wire))
      else if (!unjudged.test(file)) {
        const judge = await judged(one, server.origin)
        expect(reply.text.replaceAll('\n', '')).toBe(judge.text.replaceAll('\n', ''))
        expect(reply.calls.map(call => `${call.id} ${canonical(call.arguments)}`)).toEqual(judge.calls)
      }
    },
  )

  test.each(titled.filter(([, one]) => isError(one)))('%s is an error in one line', async (_, one) => {
    await using server = await wireServer<JsonObject>(() => one.answer)
    const error: unknown = await teacherOf(one, server.origin)
      .ask(question(), signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TeacherError)
    expect(String(error)).toMatch(/^TeacherError: teacher m: [^\n]+$/)
    expect(error).toMatchObject({ fatal: isFatal(one) })
  })
} else {
  test('there is no recorded traffic beside the checkout', () => expect(existsSync(folder)).toBe(false))
}
