import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, Stop, ToolSpec, Turn } from '../schemas/trajectory.ts'
import { type Teacher, TeacherError, type TeacherRequest } from './teacher.ts'

export interface OpenAiOptions {
  model: string
  /** An OpenAI-compatible server (vLLM, SGLang, llama.cpp, Ollama, LM Studio…), with its `/v1`. */
  baseURL?: string
  /** Taken from OPENAI_API_KEY when absent. It is never stored. */
  apiKey?: string
  /** Rollouts per task. */
  samples?: number
  /** Sent as `seed` + sample, so that several samples of one prompt differ and each can be had again. */
  seed?: number
  temperature?: number
  /** Further parameters of the request, as the server documents them. */
  params?: JsonObject
  name?: string
  /** A ready client of the same package. */
  client?: OpenAI
}

/**
 * A teacher behind the OpenAI Chat Completions wire
 * (https://platform.openai.com/docs/api-reference/chat/create), through the official package.
 * That wire takes no images in tool results, so they follow in a user message.
 */
export function openai(options: OpenAiOptions): Teacher {
  const { model, baseURL, samples = 1, seed, temperature, params = {}, name = 'openai' } = options
  let client = options.client
  return {
    name,
    options: {
      model,
      ...given({ baseURL, seed, temperature }),
      ...(Object.keys(params).length > 0 ? { params } : {}),
    },
    samples,
    async ask(request, signal) {
      client ??= connect(options)
      const body = { ...(await toWire(request, model, baseURL)), ...params, ...given({ temperature }) }
      if (seed !== undefined) body.seed = seed + request.sample
      const completion = await client.chat.completions.create(body, { signal }).catch(error => {
        signal.throwIfAborted()
        throw toTeacherError(error, name, client?.apiKey)
      })
      return fromWire(completion, name)
    },
  }
}

function connect({ apiKey, baseURL, name = 'openai' }: OpenAiOptions): OpenAI {
  const key = apiKey ?? process.env.OPENAI_API_KEY ?? (baseURL ? 'none' : undefined)
  if (!key)
    throw new TeacherError(`teacher ${name}: no API key; set OPENAI_API_KEY or give a baseURL`, {
      fatal: true,
    })
  return new OpenAI({ apiKey: key, ...given({ baseURL }), maxRetries: 4 })
}

const given = <T extends Record<string, unknown>>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

async function toWire(request: TeacherRequest, model: string, baseURL: string | undefined) {
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: request.system },
    { role: 'user', content: await contentOf(request.question, request.bytes) },
  ]
  for (const turn of request.turns) messages.push(...(await turnToWire(turn, request.bytes)))
  const body: ChatCompletionCreateParamsNonStreaming = { model, messages }
  if (request.tools.length > 0) body.tools = request.tools.map(toolToWire)
  // Compatible servers know the older name; OpenAI's newer models refuse it.
  if (baseURL) body.max_tokens = request.maxTokens
  else body.max_completion_tokens = request.maxTokens
  return body
}

const toolToWire = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function' as const,
  function: { name, description, parameters },
})

async function turnToWire({ reply, observations }: Turn, bytes: TeacherRequest['bytes']) {
  const messages: ChatCompletionMessageParam[] = [assistantToWire(reply)]
  const images: Part[] = []
  for (const { callId, parts } of observations) {
    images.push(...parts.filter(part => part.type === 'image'))
    messages.push({ role: 'tool', tool_call_id: callId, content: textOf(parts) })
  }
  if (images.length > 0) {
    const lead: Part = { type: 'text', text: 'The images of the tool results above, in order:' }
    messages.push({ role: 'user', content: await contentOf([lead, ...images], bytes) })
  }
  return messages
}

/** As the provider gave it, so that fields this code does not know (signatures, reasoning) go back unchanged. */
function assistantToWire({ raw, text, calls }: Reply): ChatCompletionMessageParam {
  if (raw !== null && typeof raw === 'object' && !Array.isArray(raw) && raw.role === 'assistant') {
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

const textOf = (parts: readonly Part[]) =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n') || '(no text)'

const contentOf = (parts: readonly Part[], bytes: TeacherRequest['bytes']) =>
  Promise.all(
    parts.map(async (part): Promise<ChatCompletionContentPart> => {
      if (part.type === 'text') return { type: 'text', text: part.text }
      return { type: 'image_url', image_url: { url: await dataUrl(part.image, bytes) } }
    }),
  )

async function dataUrl(image: Image, bytes: TeacherRequest['bytes']): Promise<string> {
  const content = Buffer.from(await bytes(image))
  return `data:${image.mime};base64,${content.toString('base64')}`
}

/** Throws TeacherError for a body that is not a completion: some servers answer 200 with an error in it. */
function fromWire(completion: ChatCompletion, name: string): Reply {
  const choice = completion.choices?.[0]
  if (!choice?.message) {
    throw new TeacherError(
      `teacher ${name}: the server answered without a choice: ${JSON.stringify(completion).slice(0, 200)}`,
      { fatal: false },
    )
  }
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
    raw: JSON.parse(JSON.stringify(message)),
  }
}

/** A text by the wire's own schema; some servers send a list of parts all the same. */
function textIn(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : ''
  return content.map(part => (typeof part?.text === 'string' ? part.text : '')).join('')
}

/** A JSON text by the wire's own schema; some servers send the object itself, or nothing. */
const argumentsOf = (given: unknown): string =>
  typeof given === 'string' ? given : given ? JSON.stringify(given) : ''

/** vLLM, SGLang and DeepSeek name it `reasoning_content`, others `reasoning`. */
function reasoningOf(message: ChatCompletionMessage & { reasoning_content?: unknown; reasoning?: unknown }) {
  const reasoning = message.reasoning_content ?? message.reasoning
  return typeof reasoning === 'string' && reasoning !== '' ? reasoning : null
}

function stopOf(reason: string | null, message: ChatCompletionMessage, calls: number): Stop {
  if (reason === 'length' || reason === 'content_filter') return reason
  if (message.refusal) return 'refusal'
  // Some servers say `stop` beside calls.
  return calls > 0 ? 'calls' : 'end'
}

/** A wrong key, model or address, or an empty purse, fails every later call too. Anything else may pass. */
function toTeacherError(error: Error, name: string, key: string | null | undefined): TeacherError {
  const { status = 0, code = null } = error instanceof APIError ? error : {}
  const unreachable = error instanceof APIConnectionError && !(error instanceof APIConnectionTimeoutError)
  const fatal = unreachable || [401, 403, 404].includes(status) || code === 'insufficient_quota'
  const cause = unreachable && error.cause instanceof Error ? ` (${causeOf(error.cause)})` : ''
  const [line = ''] = error.message.split('\n')
  return new TeacherError(`teacher ${name}: ${withoutKey(line, key)}${cause}`, { fatal, cause: error })
}

/** Some servers quote the key that they refuse. */
const withoutKey = (text: string, key: string | null | undefined) =>
  key && key !== 'none' ? text.replaceAll(key, '(the key)') : text

const causeOf = (error: Error): string =>
  error.cause instanceof Error ? causeOf(error.cause) : error.message
