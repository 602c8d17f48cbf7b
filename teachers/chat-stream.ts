import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessage,
} from 'openai/resources/chat/completions'
import type { JsonObject } from '../schemas/json.ts'

/**
 * The completion that a stream adds up to. The package's own helper keeps of a field that it does not know
 * (`reasoning_content`) only the last piece; here texts are joined.
 */
export async function completionOf(chunks: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletion> {
  const message: JsonObject = {}
  const calls: JsonObject[] = []
  let last: Partial<ChatCompletionChunk> = {}
  let finish: string | null = null
  let usage: ChatCompletionChunk['usage']
  for await (const chunk of chunks) {
    // Some servers send an error as a chunk: it is the answer then.
    if (!Array.isArray(chunk.choices)) return chunk as unknown as ChatCompletion
    last = chunk
    usage = chunk.usage ?? usage
    const [choice] = chunk.choices
    if (!choice) continue
    const { tool_calls = [], ...delta } = choice.delta as unknown as JsonObject & {
      tool_calls?: JsonObject[]
    }
    join(message, delta)
    for (const { index, ...piece } of tool_calls ?? []) join(callAt(calls, index, piece), piece)
    finish = choice.finish_reason ?? finish
  }
  const whole = {
    role: 'assistant',
    content: null,
    ...message,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  return {
    ...({ id: last.id, created: last.created, model: last.model } as ChatCompletion),
    object: 'chat.completion',
    ...(usage ? { usage } : {}),
    // A stream that ends without saying why was cut.
    choices: finish === null ? [] : [choiceOf(finish, whole as unknown as ChatCompletionMessage)],
  }
}

const choiceOf = (finish: string, message: ChatCompletionMessage) => ({
  index: 0,
  finish_reason: finish as ChatCompletion.Choice['finish_reason'],
  logprobs: null,
  message,
})

/** Some servers number every call 0, or none: then a new id begins a new call. */
function callAt(calls: JsonObject[], index: unknown, piece: JsonObject): JsonObject {
  const known = calls.at(typeof index === 'number' && index < calls.length ? index : -1)
  const fresh = !known || index === calls.length || (piece.id && known.id && piece.id !== known.id)
  if (!fresh) return known
  const call = {}
  calls.push(call)
  return call
}

/** What names a thing comes once or again and again; every other text comes in pieces. */
const names = ['role', 'id', 'type', 'name']

function join(whole: JsonObject, piece: JsonObject): void {
  for (const [key, value] of Object.entries(piece)) {
    const before = whole[key]
    if (value === null && before !== undefined) continue
    if (typeof value === 'string' && typeof before === 'string' && !names.includes(key))
      whole[key] = before + value
    else if (isObject(value) && isObject(before)) join(before, value)
    else if (typeof value === 'string' && value === '' && names.includes(key) && before) continue
    else whole[key] = value
  }
}

const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
