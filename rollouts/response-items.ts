import type { Json, JsonObject } from '../schemas/json.ts'
import { fieldsIn, itemsIn, textAs } from './row.ts'

/**
 * Items of OpenAI's Responses (openai 7.57, resources/responses) as messages of Chat Completions: what a model said,
 * thought and called until something came back is one message.
 */
export function chatOfItems(items: readonly JsonObject[]): JsonObject[] {
  const messages: JsonObject[] = []
  for (const item of items) {
    const { result, ...said } = itemSaid(item)
    if (said.spoken) speak(messages, said.spoken)
    if (said.message) messages.push(said.message)
    if (result) messages.push(result)
  }
  return messages
}

/** What a request begins with: a text is what a user says. */
export const inputItems = (input: Json | undefined): JsonObject[] =>
  typeof input === 'string' ? [{ role: 'user', content: input }] : itemsIn(input).map(fieldsIn)

/** What an item adds to a model's message, or the message that it is by itself. */
interface Said {
  spoken?: { text?: string; thought?: string; call?: JsonObject }
  message?: JsonObject
  result?: JsonObject
}

function itemSaid(item: JsonObject): Said {
  const type = textAs(item.type)
  if (type === 'reasoning') return { spoken: { thought: wordsOf(item.content) || wordsOf(item.summary) } }
  if (type === 'code_interpreter_call') return codeSaid(item)
  if (type.endsWith('_call')) return { spoken: { call: callOf(item) } }
  if (type.endsWith('_call_output')) return { result: resultOf(item) }
  if (item.role === 'assistant') return { spoken: { text: wordsOf(item.content) } }
  return typeof item.role === 'string' ? { message: item } : {}
}

/** Run by the provider: what came back stands in the item, and its files are addresses. */
function codeSaid({ id, code, outputs }: JsonObject): Said {
  const call = { id: id ?? '', name: 'code_interpreter', arguments: JSON.stringify({ code: code ?? '' }) }
  if (!Array.isArray(outputs)) return { spoken: { call } }
  const content = outputs.map(fieldsIn).map(({ type, logs, url }) => {
    return type === 'image'
      ? { type: 'input_image', image_url: url ?? null }
      : { type: 'text', text: logs ?? '' }
  })
  return { spoken: { call }, result: { role: 'tool', tool_call_id: id ?? '', content } }
}

/** Arguments are text in function calls, `input` in custom ones, and fields in those that a provider makes. */
function callOf({ type, id, call_id, name, arguments: raw, input, action }: JsonObject): JsonObject {
  return {
    id: call_id ?? id ?? '',
    name: name ?? textAs(type).replace(/_call$/, ''),
    arguments: raw ?? input ?? action ?? null,
  }
}

const resultOf = ({ call_id, output }: JsonObject): JsonObject => ({
  role: 'tool',
  tool_call_id: call_id ?? '',
  content: Array.isArray(output) ? output : textAs(output) || JSON.stringify(output ?? ''),
})

const wordsOf = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : itemsIn(content)
        .map(each => textAs(fieldsIn(each).text) || textAs(fieldsIn(each).refusal))
        .join('\n')

/** Into the model's message at the end, or a new one. Words behind a call begin a new one, too. */
function speak(messages: JsonObject[], { text = '', thought = '', call }: NonNullable<Said['spoken']>): void {
  const last = messages.at(-1)
  const calls = itemsIn(last?.tool_calls)
  const isOpen = last?.role === 'assistant' && (call !== undefined || calls.length === 0)
  const message = isOpen ? last : { role: 'assistant', content: '', reasoning_content: '', tool_calls: [] }
  if (!isOpen) messages.push(message)
  message.content = joined(message.content, text)
  message.reasoning_content = joined(message.reasoning_content, thought)
  message.tool_calls = [...itemsIn(message.tool_calls), ...(call ? [call] : [])]
}

const joined = (one: Json | undefined, other: string): string =>
  [textAs(one), other].filter(each => each !== '').join('\n')
