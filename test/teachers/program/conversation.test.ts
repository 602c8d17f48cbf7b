import { expect, test } from 'vitest'
import { readConversation, seenOf } from '../../../teachers/program/conversation.ts'
import type { ChatRequest, Message } from '../../../teachers/program/wire.ts'

const picture = (data: string) => ({
  type: 'image_url' as const,
  image_url: { url: `data:image/png;base64,${data}` },
})

const asked = (data = 'AAAA'): Message => ({
  role: 'user',
  content: [picture(data), picture(data), { type: 'text', text: 'Which one?' }],
})

const called = (id: string, name: string, args: string): Message => ({
  role: 'assistant',
  content: `I call ${name}.`,
  tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
})

const request = (...messages: Message[]): ChatRequest => ({
  model: 'kindling-program-1',
  messages,
  tools: [{ type: 'function', function: { name: 'python' } }],
})

const nothing = () => false

test('the first user message asks; a later one with images of tool results does not', () => {
  const later: Message = {
    role: 'user',
    content: [{ type: 'text', text: 'Images from above:' }, picture('BBBB')],
  }
  const conversation = readConversation(
    request(
      { role: 'system', content: 'Solve it.' },
      asked(),
      called('call_1', 'python', '{"code":"1"}'),
      { role: 'tool', tool_call_id: 'call_1', content: 'Images: image_3 (8x6)' },
      later,
    ),
  )
  expect(seenOf(conversation, nothing)).toEqual({
    question: 'Which one?',
    images: 2,
    tools: ['python'],
    steps: [{ name: 'python', arguments: { code: '1' }, text: 'Images: image_3 (8x6)' }],
  })
})

test('calls are matched with their results by id, and turns can be left out', () => {
  const conversation = readConversation(
    request(
      asked(),
      called('call_a', 'python', '{"code":"a"}'),
      { role: 'tool', tool_call_id: 'call_a', content: 'result:\na' },
      called('call_b', 'python', '{"code":"b"}'),
      { role: 'tool', tool_call_id: 'call_b', content: [{ type: 'text', text: 'result:\nb' }] },
    ),
  )
  expect(seenOf(conversation, nothing).steps.map(step => step.text)).toEqual(['result:\na', 'result:\nb'])
  expect(seenOf(conversation, turn => turn === 0).steps.map(step => step.text)).toEqual(['result:\nb'])
})

test('a call whose arguments are no JSON object is a turn but not a step', () => {
  const conversation = readConversation(
    request(asked(), called('call_1', 'python', '{"code":'), {
      role: 'tool',
      tool_call_id: 'call_1',
      content: 'not JSON',
    }),
  )
  expect(conversation.turns).toHaveLength(1)
  expect(seenOf(conversation, nothing).steps).toEqual([])
})

test('a task is its question with the bytes of its images, whatever the instructions say', () => {
  const task = (...messages: Message[]) => readConversation(request(...messages)).task
  expect(task({ role: 'system', content: 'Be quick.' }, asked())).toBe(task(asked()))
  expect(task(asked('BBBB'))).not.toBe(task(asked('AAAA')))
})
