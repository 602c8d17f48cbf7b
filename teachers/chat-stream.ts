import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessage,
} from 'openai/resources/chat/completions'
import { isObject, type Json, type JsonObject } from '../schemas/json.ts'

/**
 * The completion that a stream adds up to. The package's own helper keeps of a field that it does not know
 * (`reasoning_content`) only the last piece; here texts are joined.
 */
export async function completionOf(chunks: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletion> {
  const message: JsonObject = { role: 'assistant', content: null }
  const calls: Piecewise[] = []
  const completion: Partial<ChatCompletion> = { object: 'chat.completion' }
  let finish: string | null = null
  for await (const { choices, usage, ...rest } of chunks) {
    // Some servers send an error as a chunk: it is the answer then.
    if (!Array.isArray(choices)) return rest as unknown as ChatCompletion
    Object.assign(completion, { id: rest.id, created: rest.created, model: rest.model || completion.model })
    if (usage) completion.usage = usage
    const [choice] = choices
    if (!choice) continue
    const { tool_calls, ...delta } = choice.delta as unknown as JsonObject & { tool_calls?: JsonObject[] }
    join(message, delta)
    for (const { index, ...piece } of tool_calls ?? []) join(callAt(calls, index, piece), piece)
    finish = choice.finish_reason ?? finish
  }
  if (calls.length > 0) message.tool_calls = calls.map(({ call }) => call)
  // A stream that ends without saying why was cut.
  return { ...completion, choices: finish === null ? [] : [choiceOf(finish, message)] } as ChatCompletion
}

const choiceOf = (finish_reason: string, message: JsonObject) => ({
  index: 0,
  finish_reason,
  logprobs: null,
  message: message as unknown as ChatCompletionMessage,
})

interface Piecewise {
  index: unknown
  call: JsonObject
}

/** Some servers begin to count at 1, number every call 0, or number none: then a new id begins a new call. */
function callAt(calls: Piecewise[], index: unknown, { id }: JsonObject): JsonObject {
  const known = calls.findLast(one => index === undefined || one.index === index)?.call
  if (known && (!id || !known.id || id === known.id)) return known
  const call = {}
  calls.push({ index, call })
  return call
}

/** Names come once or again and again; every other text comes in pieces. */
const names = ['role', 'id', 'type', 'name']

function join(whole: JsonObject, piece: JsonObject): void {
  for (const [key, value] of Object.entries(piece)) whole[key] = joined(key, whole[key], value)
}

function joined(key: string, before: Json | undefined, value: Json): Json {
  if (before === undefined || before === null) return value
  if (value === null || value === '') return before
  if (typeof value === 'string' && typeof before === 'string' && !names.includes(key)) return before + value
  if (Array.isArray(value) && Array.isArray(before)) return [...before, ...value]
  if (isObject(value) && isObject(before)) join(before, value)
  return isObject(value) && isObject(before) ? before : value
}
