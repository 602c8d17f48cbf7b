import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { isObject, type JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, Stop, ToolSpec, Turn } from '../schemas/trajectory.ts'
import { TeacherError, type TeacherRequest } from './teacher.ts'
import { argumentsOf, asJson, type Bytes } from './wire.ts'
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

/** Throws TeacherError for a body that is not a completion: some servers answer 200 with an error in it. */
export function fromChat(completion: ChatCompletion, name: string): Reply {
  const choice = completion?.choices?.[0]
  if (!choice?.message) throw noReply(name, 'without a choice', completion)
  if (unfinished.includes(choice.finish_reason)) throw noReply(name, 'with a fault of its own', choice)
  const { message } = choice
  const calls = (message.tool_calls ?? []).flatMap(call =>
    'function' in call
      ? [{ id: call.id, name: call.function.name, arguments: argumentsOf(call.function.arguments) }]
      : [],
  )
  return {
    text: textIn(message.content),
    reasoning: reasoningOf(message),
    calls,
    stop: stopOf(choice.finish_reason, message, calls.length),
    usage: {
      input: completion.usage?.prompt_tokens ?? 0,
      output: completion.usage?.completion_tokens ?? 0,
      cached: completion.usage?.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning: completion.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    },
    model: completion.model ?? '',
    raw: asJson(message),
  }
}

const noReply = (name: string, how: string, answer: unknown) =>
  new TeacherError(`teacher ${name}: the server answered ${how}: ${JSON.stringify(answer)?.slice(0, 200)}`, {
    fatal: false,
  })

/** A text by the wire's own schema; some servers send a list of parts all the same. */
function textIn(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map(part => (typeof part?.text === 'string' ? part.text : '')).join('')
}

/** vLLM, SGLang and DeepSeek name it `reasoning_content`, others `reasoning`. */
function reasoningOf(message: ChatCompletionMessage & { reasoning_content?: unknown; reasoning?: unknown }) {
  const reasoning = message.reasoning_content ?? message.reasoning
  return typeof reasoning === 'string' && reasoning !== '' ? reasoning : null
}

/** OpenRouter, vLLM and DeepSeek end so a reply that they could not finish. */
const unfinished: (string | null)[] = ['error', 'abort', 'insufficient_system_resource']
/** Mistral's name is the second. */
const cut: (string | null)[] = ['length', 'model_length']

function stopOf(reason: string | null, message: ChatCompletionMessage, calls: number): Stop {
  if (cut.includes(reason)) return 'length'
  if (reason === 'content_filter') return reason
  if (message.refusal) return 'refusal'
  // Some servers say `stop` beside calls.
  return calls > 0 ? 'calls' : 'end'
}
