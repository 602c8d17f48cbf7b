import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import type { Said } from './loopback.ts'

type Fields = Record<string, unknown>

/** How a wire says the two replies that solve a task, whole and as the events of a stream. */
export interface Wire {
  teacher(origin: string, options: object): Teacher
  /** A call of the calculator. */
  calls(changes?: Fields): Fields
  answers(answer: string, changes?: Fields): Fields
  /** The events that a whole reply comes in. */
  events(reply: Fields): Fields[]
  /** What stands after the last event. */
  end: string
  /** How many replies a request holds already. */
  turn(body: Fields): number
}

export const sum = { expression: '4+4' }
const looks = 'I add the two halves first.'
const says = (answer: string) => `Both halves together are the width.\n<answer>${answer}</answer>`
const listed = (value: unknown): Fields[] => (Array.isArray(value) ? value : [])

/** A completion of Chat Completions, as the API documents it; `message` and the choice's fields as they are given. */
export const completion = (message: Fields, finish_reason: unknown, changes: Fields = {}): Fields => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm-1',
  choices: [
    { index: 0, finish_reason, logprobs: null, message: { role: 'assistant', refusal: null, ...message } },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  ...changes,
})

/** A call of the calculator in Chat Completions. */
export const chatCall = (changes: Fields = {}): Fields => ({
  id: 'call_a',
  type: 'function',
  function: { name: 'calculator', arguments: JSON.stringify(sum) },
  ...changes,
})

const chat: Wire = {
  teacher: (origin, options) => openai({ model: 'm', baseURL: `${origin}/v1`, apiKey: 'none', ...options }),
  calls: changes => completion({ content: looks, tool_calls: [chatCall()] }, 'tool_calls', changes),
  answers: (answer, changes) => completion({ content: says(answer) }, 'stop', changes),
  events({ choices, usage, ...rest }) {
    const [{ message, ...choice } = {}] = listed(choices)
    const { tool_calls, ...delta } = message as Fields
    const calls = listed(tool_calls).map((call, index) => ({ ...call, index }))
    const chunk = (choices: Fields[], more: Fields = {}) => ({
      ...rest,
      object: 'chat.completion.chunk',
      choices,
      ...more,
    })
    return [
      chunk([{ index: 0, delta, finish_reason: null }]),
      ...calls.map(call => chunk([{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }])),
      chunk([{ ...choice, delta: {} }]),
      chunk([], { usage }),
    ]
  },
  end: 'data: [DONE]\n\n',
  turn: ({ messages }) => listed(messages).filter(({ role }) => role === 'assistant').length,
}

/** A response of the Responses API, as it is documented. */
export const response = (output: Fields[], changes: Fields = {}): Fields => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'm-1',
  output,
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  ...changes,
})

export const responseText = (text: string): Fields => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})

/** A call of the calculator in the Responses API. */
export const responseCall = (changes: Fields = {}): Fields => ({
  id: 'fc_a',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_a',
  name: 'calculator',
  arguments: JSON.stringify(sum),
  ...changes,
})

const responses: Wire = {
  teacher: (origin, options) =>
    openaiResponses({ model: 'm', baseURL: `${origin}/v1`, apiKey: 'none', ...options }),
  calls: changes => response([responseText(looks), responseCall()], changes),
  answers: (answer, changes) => response([responseText(says(answer))], changes),
  events: response => [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    ...listed(response.output).flatMap((item, output_index) => [
      { type: 'response.output_item.added', output_index, item },
      { type: 'response.output_item.done', output_index, item },
    ]),
    { type: `response.${response.status}`, response },
  ],
  end: '',
  turn: ({ input }) =>
    listed(input).filter(({ type, role }) => type === 'function_call' || role === 'assistant').length > 0
      ? 1
      : 0,
}

/** A message of Anthropic's Messages API, as it is documented. */
export const message = (content: Fields[], stop_reason: unknown, changes: Fields = {}): Fields => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm-1',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
  ...changes,
})

export const messageText = (text: string): Fields => ({ type: 'text', text })

/** A call of the calculator in the Messages API. */
export const messageCall = (changes: Fields = {}): Fields => ({
  type: 'tool_use',
  id: 'toolu_a',
  name: 'calculator',
  input: sum,
  ...changes,
})

const messages: Wire = {
  teacher: (origin, options) => anthropic({ model: 'm', baseURL: origin, apiKey: 'none', ...options }),
  calls: changes => message([messageText(looks), messageCall()], 'tool_use', changes),
  answers: (answer, changes) => message([messageText(says(answer))], 'end_turn', changes),
  events({ content, stop_reason, usage, ...rest }) {
    const blocks = listed(content)
    return [
      { type: 'message_start', message: { ...rest, content: [], stop_reason: null, usage } },
      ...blocks.flatMap((block, index) => [
        { type: 'content_block_start', index, content_block: emptied(block) },
        { type: 'content_block_delta', index, delta: deltaOf(block) },
        { type: 'content_block_stop', index },
      ]),
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ]
  },
  end: '',
  turn: ({ messages }) => listed(messages).filter(({ role }) => role === 'assistant').length,
}

const emptied = (block: Fields): Fields =>
  block.type === 'tool_use' ? { ...block, input: {} } : { ...block, text: '' }

const deltaOf = ({ type, input, text }: Fields): Fields =>
  type === 'tool_use'
    ? { type: 'input_json_delta', partial_json: JSON.stringify(input) }
    : { type: 'text_delta', text }

export const wires = { chat, responses, messages }
export type WireName = keyof typeof wires

/** A stream of server-sent events; those with a type are named by it. */
export const stream = (events: readonly Fields[], end = ''): Said => ({
  headers: { 'content-type': 'text/event-stream' },
  pieces: [...events.map(event), end],
})

const event = (data: Fields): string =>
  `${'type' in data ? `event: ${data.type}\n` : ''}data: ${JSON.stringify(data)}\n\n`

/** A whole reply, or the same as a stream. */
export const sent = (wire: WireName, reply: Fields, streamed: boolean): Said =>
  streamed ? stream(wires[wire].events(reply), wires[wire].end) : { body: reply }
