import type {
  ChatCompletionContentPart,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { isObject, type Json, type JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, ToolCall, ToolSpec, Turn } from '../schemas/trajectory.ts'
import type { Habits } from './habits.ts'
import { without } from './leave-out.ts'
import { broken, type Ended, endOf, replyOf, stopOf } from './reading/ends.ts'
import { noReply, unfinished } from './reading/no-reply.ts'
import {
  argumentsOf,
  callIds,
  callName,
  contentText,
  fieldsOf,
  objectsIn,
  objectText,
  plain,
  plainFields,
  readText,
  textOr,
  usageOf,
  type WireFields,
} from './reading/shapes.ts'
import type { TeacherRequest } from './teacher.ts'
import type { Bytes } from './wire.ts'
import {
  bridge,
  dataUrl,
  type ImageLimits,
  imagesLead,
  limitsOf,
  textOfParts,
  wireParts,
} from './wire-images.ts'

/**
 * A request on the Chat Completions wire (https://platform.openai.com/docs/api-reference/chat/create), as the server
 * wants it.
 */
export async function toChat(
  request: TeacherRequest,
  { model, limits, habits }: { model: string; limits: ImageLimits; habits: Habits },
): Promise<ChatCompletionCreateParamsNonStreaming> {
  const { system, question, turns, tools, bytes, maxTokens, stop, schema } = request
  const fitting = await limitsOf(request, { ...limits, plain: habits.plainImages })
  const show = (parts: readonly Part[]) => contentOf(parts, bytes, fitting)
  const messages = opening(system, await show(question), habits)
  for (const turn of turns) messages.push(...(await turnToChat(turn, show, habits)))
  return {
    model,
    messages,
    ...(tools.length > 0 ? { tools: tools.map(toolToChat) } : {}),
    ...(stop ? { stop: [...stop] } : {}),
    ...(schema && habits.schemas ? { response_format: formatOf(schema) } : {}),
    ...(habits.maxTokensAs === 'none' ? {} : { [habits.maxTokensAs]: maxTokens }),
  }
}

const formatOf = (schema: JsonObject) => ({
  type: 'json_schema' as const,
  json_schema: { name: 'reply', strict: true, schema },
})

/** Some models know no system prompt, or call it otherwise. */
function opening(
  text: string,
  question: ChatCompletionContentPart[],
  { systemAs }: Habits,
): ChatCompletionMessageParam[] {
  if (text === '') return [{ role: 'user', content: question }]
  if (systemAs === 'user') return [{ role: 'user', content: [{ type: 'text', text }, ...question] }]
  return [
    { role: systemAs, content: text },
    { role: 'user', content: question },
  ]
}

const toolToChat = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function' as const,
  function: { name, description, parameters },
})

type Show = (parts: readonly Part[]) => Promise<ChatCompletionContentPart[]>

async function turnToChat({ reply, observations }: Turn, show: Show, habits: Habits) {
  const { toolImages } = habits
  const messages: ChatCompletionMessageParam[] = [assistantToChat(reply, habits)]
  const images = observations.flatMap(({ parts }) => parts.filter(part => part.type === 'image'))
  for (const { callId, parts } of observations)
    messages.push(
      reply.calls.length === 0
        ? { role: 'user', content: await show(parts) }
        : { role: 'tool', tool_call_id: callId, content: await resultOf(parts, show, toolImages) },
    )
  if (images.length === 0 || reply.calls.length === 0 || toolImages === 'inside') return messages
  if (toolImages === 'bridged') messages.push({ role: 'assistant', content: bridge })
  messages.push({ role: 'user', content: await show([imagesLead, ...images]) })
  return messages
}

/** A text alone as a text: most servers take nothing else. */
const resultOf = async (parts: readonly Part[], show: Show, toolImages: Habits['toolImages']) =>
  toolImages === 'inside' && parts.some(part => part.type === 'image')
    ? // The wire has no images here; servers that want them do.
      ((await show(parts)) as ChatCompletionContentPartText[])
    : textOfParts(parts)

/** As the provider gave it, so that fields this code does not know (signatures, reasoning) go back unchanged. */
function assistantToChat({ raw, text, calls }: Reply, habits: Habits): ChatCompletionMessageParam {
  if (isMessage(raw)) {
    const [message = {}] = without([raw], habits)
    return sendable(message, habits) as unknown as ChatCompletionMessageParam
  }
  if (calls.length === 0) return { role: 'assistant', content: text }
  const tool_calls = calls.map(call => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: argumentsAs(call.arguments, habits) },
  }))
  return { role: 'assistant', content: text === '' ? blank(text, habits) : text, tool_calls }
}

/** What servers take back of what they said. */
function sendable({ tool_calls, content, ...fields }: JsonObject, habits: Habits): JsonObject {
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  const said = Array.isArray(content) ? content.filter(part => !isEmptyText(part)) : content
  if (!Array.isArray(tool_calls)) return { ...known, content: said ?? null }
  const calls = tool_calls.map(call => (isObject(call) ? withArguments(call, habits) : call))
  return { ...known, content: isWordless(said) ? blank(said, habits) : (said ?? null), tool_calls: calls }
}

const isWordless = (content: Json | undefined) =>
  typeof content === 'string' ? content.trim() === '' : !Array.isArray(content) || content.length === 0

/** The words of a message that has none. */
function blank(given: Json | undefined, { blankAs }: Habits): string | null {
  if (blankAs === 'given') return typeof given === 'string' ? given : null
  return blankAs === 'null' ? null : ''
}

const isEmptyText = (part: Json) => isObject(part) && part.type === 'text' && part.text === ''

function withArguments(call: JsonObject, habits: Habits): JsonObject {
  if (!isObject(call.function)) return call
  const given = argumentsOf(call.function.arguments)
  return { ...call, function: { ...call.function, arguments: argumentsAs(given, habits) } }
}

const argumentsAs = (given: string, habits: Habits): string =>
  habits.argumentsAs === 'given' ? given : objectText(given)

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

/** vLLM, SGLang and DeepSeek name it by the first of these, OpenRouter by the second and the last. */
const reasoningNames = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details']

const reasoningOf = (message: WireFields): string | null =>
  [...reasoningNames.map(name => message[name]), partsIn(message.content).filter(isThought)]
    .map(contentText)
    .find(Boolean) ?? null

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
  if (textOr(refusal) !== '' || objectsIn(content).some(({ type }) => type === 'refusal'))
    return { stop: 'refusal' }
  if (ended.stop === 'calls') return ended
  if (message === undefined && text === undefined) return broken('it has no message')
  return textIn(content) === undefined ? broken('its content cannot be read') : ended
}
