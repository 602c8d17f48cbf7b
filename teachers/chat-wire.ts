import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { isObject, type JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, ToolCall, ToolSpec, Turn } from '../schemas/trajectory.ts'
import { broken, type Ended, endOf, replyOf, stopOf } from './reading/ends.ts'
import { noReply, unfinished } from './reading/no-reply.ts'
import {
  argumentsOf,
  callIds,
  callName,
  contentText,
  fieldsOf,
  objectsIn,
  plain,
  plainFields,
  readText,
  textOr,
  usageOf,
  type WireFields,
} from './reading/shapes.ts'
import type { TeacherRequest } from './teacher.ts'
import type { Bytes } from './wire.ts'
import { dataUrl, type ImageLimits, textOfParts, wireParts } from './wire-images.ts'

/**
 * A request on the Chat Completions wire (https://platform.openai.com/docs/api-reference/chat/create).
 * It takes no images in tool results, so they follow in a user message.
 */
export async function toChat(
  { system, question, turns, tools, bytes, maxTokens, stop }: TeacherRequest,
  { model, compatible, limits }: { model: string; compatible: boolean; limits: ImageLimits },
): Promise<ChatCompletionCreateParamsNonStreaming> {
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: system },
    { role: 'user', content: await contentOf(question, bytes, limits) },
  ]
  for (const turn of turns) messages.push(...(await turnToChat(turn, bytes, limits)))
  return {
    model,
    messages,
    ...(tools.length > 0 ? { tools: tools.map(toolToChat) } : {}),
    ...(stop ? { stop: [...stop] } : {}),
    // Compatible servers know the older name; OpenAI's newer models refuse it.
    ...(compatible ? { max_tokens: maxTokens } : { max_completion_tokens: maxTokens }),
  }
}

const toolToChat = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function' as const,
  function: { name, description, parameters },
})

async function turnToChat({ reply, observations }: Turn, bytes: Bytes, limits: ImageLimits) {
  const messages: ChatCompletionMessageParam[] = [assistantToChat(reply)]
  const images: Part[] = []
  for (const { callId, parts } of observations) {
    if (callId === '') {
      messages.push({ role: 'user', content: await contentOf(parts, bytes, limits) })
      continue
    }
    images.push(...parts.filter(part => part.type === 'image'))
    messages.push({ role: 'tool', tool_call_id: callId, content: textOfParts(parts) })
  }
  if (images.length > 0) {
    const lead: Part = { type: 'text', text: 'The images of the tool results above, in order:' }
    messages.push({ role: 'user', content: await contentOf([lead, ...images], bytes, limits) })
  }
  return messages
}

/** As the provider gave it, so that fields this code does not know (signatures, reasoning) go back unchanged. */
function assistantToChat({ raw, text, calls }: Reply): ChatCompletionMessageParam {
  if (isMessage(raw)) {
    const known = Object.entries(raw).filter(([key, value]) => value !== null || key === 'content')
    return Object.fromEntries(known) as unknown as ChatCompletionMessageParam
  }
  const message: ChatCompletionMessageParam = { role: 'assistant', content: text }
  if (calls.length === 0) return message
  const tool_calls = calls.map(call => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
  }))
  return { ...message, tool_calls }
}

/** A message of this wire has no `type`; Anthropic's has. */
const isMessage = (raw: Reply['raw']): raw is JsonObject =>
  isObject(raw) && raw.role === 'assistant' && !('type' in raw)

async function contentOf(parts: readonly Part[], bytes: Bytes, limits: ImageLimits) {
  const wired = await wireParts(parts, bytes, limits)
  return wired.map(
    (part): ChatCompletionContentPart =>
      part.type === 'text' ? part : { type: 'image_url', image_url: { url: dataUrl(part) } },
  )
}

/** Throws NoReply for a body that is no completion: some servers answer 200 with an error in it. */
export function fromChat(body: unknown, turn: string): Reply {
  const completion = plainFields(body)
  const [choice] = objectsIn(completion.choices)
  if (!choice) throw noReply('without a choice', completion)
  if (endOf(choice.finish_reason) === 'fault') throw unfinished(choice)
  const message = messageIn(choice)
  const calls = callsIn(message, turn)
  const usage = fieldsOf(completion.usage)
  return replyOf({
    text: textIn(message.content) ?? '',
    reasoning: reasoningOf(message),
    calls: calls.map(({ call }) => call),
    ...endIn(choice, message, calls.length),
    usage: usageOf({
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: fieldsOf(usage.prompt_tokens_details).cached_tokens,
      reasoning: fieldsOf(usage.completion_tokens_details).reasoning_tokens,
    }),
    model: textOr(completion.model),
    raw: withCalls(message, calls),
  })
}

/** The message of a choice; that of the older completions is a text. */
function messageIn({ message, text }: WireFields): JsonObject {
  const said = plain(message ?? text ?? null)
  return { ...(isObject(said) ? (said as JsonObject) : { content: said }), role: 'assistant' }
}

/** Thoughts stand among the parts of some servers' contents. */
const isThought = (part: unknown) => /thinking|reasoning/.test(textOr(fieldsOf(part).type))
const partsIn = (content: unknown): unknown[] => (Array.isArray(content) ? content : [content])

const textIn = (content: unknown) => readText(partsIn(content).filter(part => !isThought(part)))

/** vLLM, SGLang and DeepSeek name it `reasoning_content`, others `reasoning`. */
const reasoningOf = ({ reasoning_content, reasoning, content }: WireFields) =>
  contentText(reasoning_content ?? reasoning) || contentText(partsIn(content).filter(isThought)) || null

interface CallRead {
  call: ToolCall
  /** As it goes back: as it came, where it could be read. */
  raw: JsonObject
}

function callsIn({ tool_calls, function_call }: JsonObject, turn: string): CallRead[] {
  const given = objectsIn(tool_calls ?? function_call)
  const ids = callIds(
    given.map(({ id }) => id),
    turn,
  )
  return given.map((item, index) => {
    const made = fieldsOf(item.function ?? item.custom ?? item)
    const [id = '', name] = [ids[index], callName(made.name)]
    const call = { id, name, arguments: argumentsOf(made.arguments ?? made.input) }
    const isWhole = item.id === id && made.name === name && made !== item
    const { arguments: given = '' } = made
    return {
      call,
      raw: plainFields(
        isWhole ? item : { ...item, id, type: 'function', function: { name, arguments: given } },
      ),
    }
  })
}

const withCalls = (
  { function_call: _, tool_calls: __, ...message }: JsonObject,
  calls: readonly CallRead[],
): JsonObject => (calls.length === 0 ? message : { ...message, tool_calls: calls.map(({ raw }) => raw) })

function endIn(
  { finish_reason, message, text }: WireFields,
  { refusal, content }: WireFields,
  calls: number,
): Ended {
  const ended = stopOf(finish_reason, calls)
  if (ended.stop !== 'end' && ended.stop !== 'calls') return ended
  if (textOr(refusal) !== '') return { stop: 'refusal' }
  if (ended.stop === 'calls') return ended
  if (message === undefined && text === undefined) return broken('it has no message')
  return textIn(content) === undefined ? broken('its content cannot be read') : ended
}
