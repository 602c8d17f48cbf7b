import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../schemas/json.ts'
import type { Part } from '../../schemas/task.ts'
import { Reply, type Turn } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { fromChat, toChat } from '../../teachers/chat-wire.ts'
import { habitsOf } from '../../teachers/habits.ts'
import { fromMessages, toMessages } from '../../teachers/messages-wire.ts'
import { fromResponses, toResponses } from '../../teachers/responses-wire.ts'
import type { TeacherRequest } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { image, observation, reply } from '../fixtures.ts'

const inside = habitsOf({}, { toolImages: 'inside' })
const limits = { side: 10_000, bytes: 1_000_000 }
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const id = fc.stringMatching(/^[a-z0-9_]{1,12}$/)
const json = (value: unknown) => JSON.parse(JSON.stringify(value))
const inputs = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 2 }).map(json), {
  maxKeys: 3,
})
const odd = fc
  .jsonValue({ maxDepth: 2 })
  // No server's field, and dropped from a reply.
  .filter(value => value !== null && !JSON.stringify(value).includes('__proto__'))
  .map(json)

/** A wire as the tests need it: what a model can say on it, and how that is read and said again. */
interface Subject {
  name: string
  said: fc.Arbitrary<unknown>
  read(said: unknown): Reply
  /** The request, and in it what the model said. */
  write(request: TeacherRequest): Promise<{ body: unknown; said: unknown[] }>
}

const chat: Subject = {
  name: 'Chat Completions',
  said: fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.option(text),
      reasoning_content: text,
      signature: odd,
      tool_calls: fc.uniqueArray(
        fc.record({
          id,
          type: fc.constant('function'),
          // Not always JSON: a model wrote it.
          function: fc.record({
            name: id,
            arguments: fc.oneof(
              text,
              inputs.map(input => JSON.stringify(input)),
            ),
          }),
          extra_content: odd,
        }),
        { minLength: 1, maxLength: 3, selector: call => call.id },
      ),
    },
    { requiredKeys: ['role', 'content'] },
  ),
  read: message => fromChat({ choices: [{ message, finish_reason: 'stop' }] }, '0'),
  async write(request) {
    const body = await toChat(request, { model: 'm', limits, habits: habitsOf({}) })
    return { body, said: body.messages.filter(({ role }) => role === 'assistant') }
  },
}

const item = fc.oneof(
  fc.record({ type: fc.constant('reasoning'), id, encrypted_content: text, summary: fc.constant([]) }),
  fc.record({
    type: fc.constant('function_call'),
    id,
    call_id: id,
    name: id,
    arguments: text,
    status: fc.constant('completed'),
  }),
  fc.record({
    type: fc.constant('message'),
    id,
    role: fc.constant('assistant'),
    content: fc.array(fc.record({ type: fc.constant('output_text'), text, annotations: fc.constant([]) })),
  }),
  fc.record({ type: fc.constant('from_the_future'), id, odd }),
)

const responses: Subject = {
  name: 'Responses',
  said: fc.uniqueArray(item, { maxLength: 5, selector: one => ('call_id' in one ? one.call_id : {}) }),
  read: output => fromResponses({ status: 'completed', output }, '0'),
  async write(request) {
    const { input, ...body } = await toResponses(request, { model: 'm', limits, habits: inside })
    const said = (input as unknown as JsonObject[])
      .slice(1)
      .filter(({ type }) => type !== 'function_call_output')
    return { body: { input, ...body }, said }
  },
}

const block = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: text }),
  fc.record({ type: fc.constant('redacted_thinking'), data: text }),
  fc.record({ type: fc.constant('text'), text, citations: fc.constant(null) }),
  fc.record({ type: fc.constant('tool_use'), id, name: id, input: inputs }),
  fc.record({ type: fc.constant('from_the_future'), odd }),
)

const messages: Subject = {
  name: 'Messages',
  said: fc.uniqueArray(block, { minLength: 1, maxLength: 5, selector: one => ('id' in one ? one.id : {}) }),
  read: content =>
    fromMessages({ type: 'message', role: 'assistant', content, stop_reason: 'end_turn' }, '0'),
  async write(request) {
    const body = await toMessages(request, { model: 'm', limits, cache: true, habits: inside })
    const said = body.messages
      .filter(({ role }) => role === 'assistant')
      .map(({ content }) => (isPlaceholder(content) ? [] : content))
    return { body, said }
  },
}

/** A message that had no word in it. */
const isPlaceholder = (content: unknown): boolean =>
  JSON.stringify(content) === '[{"type":"text","text":"(no text)"}]'

const part: fc.Arbitrary<Part> = fc.oneof(
  text.map(value => ({ type: 'text' as const, text: value })),
  fc.constant({ type: 'image' as const, image: image() }),
)
const results = fc.array(fc.array(part, { maxLength: 3 }), { minLength: 6, maxLength: 6 })
const bytes = async () => new Uint8Array([1, 2, 3])
const check = validator(Reply)

/** What servers take of it: arguments that are one object, and no text without a word. */
function taken(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(one => !isWordless(one)).map(taken)
  if (!isObject(value)) return value
  const isCall = value.type === 'function_call' || (value.name !== undefined && value.type === undefined)
  const given = isCall ? { arguments: oneObject(String(value.arguments)) } : {}
  const { content, tool_calls, function: called } = value
  return {
    ...value,
    ...given,
    ...(Array.isArray(content) && { content: taken(content) }),
    ...(Array.isArray(tool_calls) && { tool_calls: tool_calls.map(taken) }),
    ...(isObject(called) && { function: taken(called) }),
  }
}

const isWordless = (value: unknown): boolean =>
  isObject(value) &&
  ((value.type === 'text' && String(value.text).trim() === '') ||
    (value.type === 'output_text' && value.text === '') ||
    (value.type === 'message' && Array.isArray(value.content) && value.content.every(isWordless)))

function oneObject(text: string): string {
  const value = parseJson(text || '{}')
  if (!isObject(value)) return JSON.stringify({ INVALID_JSON: text })
  return text || '{}'
}

/** The turn as a store gives it back. */
const turnOf = (said: Reply, parts: Part[][]): Turn =>
  json({
    reply: said,
    observations: said.calls.map(({ id }, index) => observation({ callId: id, parts: parts[index] ?? [] })),
  })

const conversation = (subject: Subject, maxLength = 4) =>
  fc.array(fc.tuple(subject.said, results), { minLength: 1, maxLength })

describe.each([chat, responses, messages])('$name', subject => {
  test('what a model said is a reply of the schema, and goes back as it came, as far as servers take it', async () => {
    const property = fc.asyncProperty(conversation(subject), async rounds => {
      const turns = rounds.map(([said, parts]) => turnOf(subject.read(said), parts))
      for (const turn of turns) expect(check(turn.reply)).toMatchObject({ ok: true })
      const { said } = await subject.write(question({ turns, bytes }))
      const came = subject === responses ? rounds.flatMap(([output]) => output) : rounds.map(([one]) => one)
      expect(said).toEqual(taken(came))
    })
    await fc.assert(property, { numRuns: 100 })
  })

  test('a conversation read from a request gives the same request again', async () => {
    // On the Responses wire the items of several turns follow each other without a mark between them.
    const rounds = conversation(subject, subject === responses ? 1 : 4)
    const property = fc.asyncProperty(rounds, async rounds => {
      const turns = rounds.map(([said, parts]) => turnOf(subject.read(said), parts))
      const first = await subject.write(question({ turns, bytes }))
      const again = rounds.map(([, parts], index) => {
        const said = subject === responses ? first.said : first.said[index]
        return turnOf(subject.read(said), parts)
      })
      expect((await subject.write(question({ turns: again, bytes }))).body).toEqual(first.body)
    })
    await fc.assert(property, { numRuns: 50 })
  })

  test('a reply of another wire keeps its text and its calls', async () => {
    const calls = fc.uniqueArray(
      fc.record({ id, name: id, arguments: inputs.map(input => JSON.stringify(input)) }),
      {
        minLength: 1,
        maxLength: 3,
        selector: call => call.id,
      },
    )
    const words = text.filter(one => one.trim() !== '')
    const property = fc.asyncProperty(words, calls, async (words, made) => {
      const turn = turnOf(reply({ text: words, calls: made, stop: 'calls' }), [])
      const { said } = await subject.write(question({ turns: [turn], bytes }))
      const read = subject.read(subject === responses ? said.map(asOutput) : said[0])
      expect(read).toMatchObject({ text: words, calls: made, stop: 'calls' })
    })
    await fc.assert(property, { numRuns: 50 })
  })
})

/** The short form of a message that a request may hold, as a response would. */
function asOutput(input: unknown): unknown {
  const { role, content, ...call } = input as JsonObject
  return role ? { type: 'message', role, content: [{ type: 'output_text', text: content }] } : call
}
