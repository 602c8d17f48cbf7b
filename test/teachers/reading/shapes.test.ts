import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textsIn } from '../../../schemas/json.ts'
import { Reply } from '../../../schemas/trajectory.ts'
import { validator } from '../../../schemas/validate.ts'
import { completionOf } from '../../../teachers/chat-stream.ts'
import { fromChat } from '../../../teachers/chat-wire.ts'
import { messageOf } from '../../../teachers/messages-stream.ts'
import { fromMessages } from '../../../teachers/messages-wire.ts'
import { NoReply } from '../../../teachers/reading/no-reply.ts'
import { callIds, plain, tokenCount, usageOf } from '../../../teachers/reading/shapes.ts'
import { responseOf } from '../../../teachers/responses-stream.ts'
import { fromResponses } from '../../../teachers/responses-wire.ts'

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    0,
    -1,
    1.5,
    1e300,
    Number.NaN,
    true,
    [],
    {},
    'text',
    '\0\ud800',
  ),
  fc.jsonValue({ maxDepth: 2 }),
)
/** A value of this shape, or anything else in its place. */
const maybe = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: odd })
const fields = (model: Record<string, fc.Arbitrary<unknown>>) =>
  maybe(
    fc.record(Object.fromEntries(Object.entries(model).map(([name, each]) => [name, maybe(each)])), {
      requiredKeys: [],
    }),
  )
const text = fc.string()
const words = (...all: string[]) => fc.constantFrom<unknown>(...all)
const list = (each: fc.Arbitrary<unknown>) => fc.array(maybe(each), { maxLength: 3 })

const called = fields({ name: text, arguments: text })
const chatCall = fields({ id: text, type: words('function', 'custom'), function: called, index: fc.nat(2) })
const chatMessage = fields({
  role: words('assistant'), content: fc.oneof(text, list(fields({ type: words('text', 'thinking'), text }))), refusal: text,
  tool_calls: list(chatCall), function_call: called, reasoning_content: text, reasoning_details: list(fields({ text })),
}) // biome-ignore format: one list
const finish = words('stop', 'tool_calls', 'length', 'content_filter', 'odd', 'SAFETY')
const usage = fields({
  prompt_tokens: fc.nat(),
  completion_tokens: fc.nat(),
  input_tokens: fc.nat(),
  output_tokens: fc.nat(),
})
const chatBody = fields({
  choices: list(fields({ message: chatMessage, delta: chatMessage, finish_reason: finish })),
  usage,
  model: text,
})

const item = fields({
  type: words('message', 'function_call', 'reasoning', 'custom_tool_call', 'odd'), id: text, call_id: text, name: text,
  arguments: text, input: text, role: words('assistant'), content: list(fields({ type: words('output_text', 'refusal'), text })),
  summary: list(fields({ text })),
}) // biome-ignore format: one list
const responseBody = fields({
  status: words('completed', 'incomplete', 'odd'),
  output: list(item),
  usage,
  incomplete_details: fields({ reason: finish }),
})
const responseEvent = fields({
  type: words('response.output_item.added', 'response.output_item.done', 'response.output_text.delta', 'response.function_call_arguments.delta', 'response.completed', 'response.incomplete'),
  output_index: fc.nat(2), item_id: text, item, delta: text, response: responseBody,
}) // biome-ignore format: one list

const block = fields({
  type: words('text', 'tool_use', 'thinking', 'odd'),
  text,
  id: text,
  name: text,
  input: fc.oneof(text, fc.object()),
  thinking: text,
})
const messageBody = fields({
  type: words('message'),
  role: words('assistant'),
  content: list(block),
  stop_reason: finish,
  usage,
  model: text,
})
const messageEvent = fields({
  type: words('message_start', 'message_delta', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_stop', 'ping'),
  index: fc.nat(2), message: messageBody, content_block: block, usage,
  delta: fields({ type: words('text_delta', 'input_json_delta', 'thinking_delta', 'signature_delta', 'citations_delta'), text, partial_json: text, thinking: text, stop_reason: finish }),
}) // biome-ignore format: one list

const events = (each: fc.Arbitrary<unknown>) => fc.array(each, { maxLength: 6 })
const check = validator(Reply)

test.each<[string, fc.Arbitrary<unknown>, (sent: never) => Reply]>([
  ['Chat Completions, whole', chatBody, sent => fromChat(sent, '0')],
  ['Chat Completions, streamed', events(chatBody), sent => fromChat(completionOf({ events: sent }), '0')],
  ['Responses, whole', responseBody, sent => fromResponses(sent, '0')],
  ['Responses, streamed', events(responseEvent), sent => fromResponses(responseOf({ events: sent }), '0')],
  ['Messages, whole', messageBody, sent => fromMessages(sent, '0')],
  ['Messages, streamed', events(messageEvent), sent => fromMessages(messageOf({ events: sent }), '0')],
])('%s: whatever comes is a reply of the schema, or none', (_, sent, read) => {
  let replies = 0
  const property = fc.property(sent, one => {
    try {
      const reply = read(one as never)
      replies++
      expect(check(reply)).toMatchObject({ ok: true })
      expect(textsIn(reply).filter(text => !text.isWellFormed() || text.includes('\0'))).toEqual([])
      expect(JSON.parse(JSON.stringify(reply))).toEqual(reply)
      const ids = reply.calls.map(({ id }) => id)
      expect(ids).not.toContain('')
      expect(new Set(ids).size).toBe(ids.length)
      expect(reply.stop === 'calls' ? reply.calls.length : 1).toBeGreaterThan(0)
    } catch (error) {
      if (!(error instanceof NoReply)) throw error
    }
  })
  fc.assert(property, { numRuns: 1500 })
  expect(replies).toBeGreaterThan(100)
})

test('made ids are the same whenever a reply is read, and others in another turn', () => {
  const given = ['a', '', null, 7, 'a', ' ']
  const ids = callIds(given, '3')
  expect(ids[0]).toBe('a')
  expect(new Set(ids).size).toBe(6)
  for (const id of ids.slice(1)) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
  expect(callIds(given, '3')).toEqual(ids)
  const next = callIds(given, '4').slice(1)
  expect(next.filter(id => ids.includes(id))).toEqual([])
})

test.each([
  [12, 12], ['12', 12], [12.5, 13], [-1, 0], [1e300, 0], [Number.NaN, 0], ['many', 0], [null, 0], [undefined, 0], [[3], 0], [true, 0],
])('%j counts as %i tokens', (given, count) => {
  expect(tokenCount(given)).toBe(count)
}) // biome-ignore format: one list

test('parts of a count are never more than the whole', () => {
  expect(usageOf({ input: 5, output: 3, cached: 9, reasoning: 7 })).toEqual({
    input: 5,
    output: 10,
    cached: 5,
    reasoning: 7,
  })
})

test('what is nested deeper than any reply is left out', () => {
  let deep: unknown = 'bottom'
  for (let level = 0; level < 50_000; level++) deep = { deep }
  expect(JSON.stringify(plain(deep))).not.toContain('bottom')
})
