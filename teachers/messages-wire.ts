import type {
  CacheControlEphemeral,
  ContentBlockParam,
  ImageBlockParam,
  MessageCreateParamsNonStreaming,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages'
import { isObject, type JsonObject, parseJson } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, Reply, ToolCall, ToolSpec } from '../schemas/trajectory.ts'
import { broken, type Ended, endOf, replyOf, stopOf } from './reading/ends.ts'
import { noReply, unfinished } from './reading/no-reply.ts'
import {
  argumentsOf,
  callIds,
  callName,
  contentText,
  fieldsOf,
  objectsIn,
  plainFields,
  textOr,
  tokenCount,
  usageOf,
  type WireFields,
} from './reading/shapes.ts'
import type { TeacherRequest } from './teacher.ts'
import type { Bytes } from './wire.ts'
import { type ImageLimits, wireParts } from './wire-images.ts'

/** A request on Anthropic's Messages wire (https://platform.claude.com/docs/en/api/messages). */
export async function toMessages(
  { system, question, turns, tools, bytes, maxTokens, stop }: TeacherRequest,
  { model, limits, cache }: { model: string; limits: ImageLimits; cache: boolean },
): Promise<MessageCreateParamsNonStreaming> {
  const messages: MessageParam[] = [{ role: 'user', content: await contentOf(question, bytes, limits) }]
  for (const { reply, observations } of turns) {
    const results = await Promise.all(observations.map(one => said(one, bytes, limits)))
    messages.push(
      { role: 'assistant', content: assistantToMessages(reply) },
      { role: 'user', content: results.flat() },
    )
  }
  const body: MessageCreateParamsNonStreaming = {
    model,
    max_tokens: maxTokens,
    ...(system === '' ? {} : { system: [{ type: 'text' as const, text: system }] }),
    messages,
    ...(tools.length > 0 ? { tools: tools.map(toTool) } : {}),
    ...(stop ? { stop_sequences: [...stop] } : {}),
  }
  return cache ? marked(body) : body
}

const toTool = ({ name, description, parameters }: ToolSpec): Tool => ({
  name,
  description,
  input_schema: { ...parameters, type: 'object' },
})

/** An observation that answers no call is sent as plain content. */
const said = async (
  observation: Observation,
  bytes: Bytes,
  limits: ImageLimits,
): Promise<ContentBlockParam[]> =>
  observation.callId === ''
    ? contentOf(observation.parts, bytes, limits)
    : [await toResult(observation, bytes, limits)]

async function toResult(
  { callId, parts, mistake }: Observation,
  bytes: Bytes,
  limits: ImageLimits,
): Promise<ToolResultBlockParam> {
  const content = await contentOf(parts, bytes, limits)
  return {
    type: 'tool_result',
    tool_use_id: callId,
    content: content.length > 0 ? content : '(no text)',
    ...(mistake ? { is_error: true } : {}),
  }
}

/** Empty texts are refused. */
async function contentOf(parts: readonly Part[], bytes: Bytes, limits: ImageLimits) {
  const wired = await wireParts(parts, bytes, limits)
  return wired.flatMap((part): (TextBlockParam | ImageBlockParam)[] => {
    if (part.type === 'text') return part.text === '' ? [] : [part]
    return [{ type: 'image', source: { type: 'base64', media_type: part.mime, data: part.base64 } }]
  })
}

/**
 * As the provider gave it: its thinking goes back with signatures and order untouched, as the wire demands
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks).
 */
function assistantToMessages({ raw, text, calls }: Reply): ContentBlockParam[] {
  if (isMessage(raw)) return raw.content.map(block => ('input' in block ? withObject(block) : block))
  const said: ContentBlockParam[] = text === '' ? [] : [{ type: 'text', text }]
  const called = calls.map(({ id, name, arguments: input }) => ({
    type: 'tool_use' as const,
    id,
    name,
    input,
  }))
  return [...said, ...called.map(withObject)]
}

const isMessage = (raw: unknown): raw is { content: ContentBlockParam[] } =>
  isObject(raw) && raw.type === 'message' && 'content' in raw

/** The wire takes objects only; of an input that was none it wants the text under this name. */
function withObject<Block extends { input: unknown }>(block: Block): Block {
  if (typeof block.input !== 'string') return block
  const input = parseJson(block.input || '{}')
  return { ...block, input: isObject(input) ? input : { INVALID_JSON: block.input } }
}

/** Two marks: all up to the instructions is shared by every rollout, all up to the last result by the next turn. */
function marked(body: MessageCreateParamsNonStreaming): MessageCreateParamsNonStreaming {
  const { system, messages } = body
  const last = messages.at(-1)
  if (!last || typeof last.content === 'string') return body
  const content = markLast(last.content)
  return {
    ...body,
    ...(Array.isArray(system) ? { system: markLast(system) } : {}),
    messages: [...messages.slice(0, -1), { ...last, content } as MessageParam],
  }
}

const mark: { cache_control: CacheControlEphemeral } = { cache_control: { type: 'ephemeral' } }

const markLast = <Block extends object>(blocks: readonly Block[]): Block[] =>
  blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, ...mark } : block))

/**
 * Throws NoReply for a body that is no message. `input` counts what was read from and written to the cache too.
 */
export function fromMessages(body: unknown, turn: string): Reply {
  const message = plainFields(body)
  if (message.type !== 'message' && !message.content) throw noReply('without a message', message)
  if (endOf(message.stop_reason) === 'fault') throw unfinished(message)
  const content = withIds(blocksIn(message.content), turn)
  const calls = content.filter(isCall).map(callFrom)
  const usage = fieldsOf(message.usage)
  const cached = tokenCount(usage.cache_read_input_tokens)
  const written = tokenCount(usage.cache_creation_input_tokens)
  return replyOf({
    text: content.map(textIn).join(''),
    reasoning: content.map(thoughtIn).join('') || null,
    calls,
    ...endIn(message, content, calls.length),
    usage: {
      ...usageOf({
        input: tokenCount(usage.input_tokens) + cached + written,
        output: usage.output_tokens,
        cached,
        reasoning: fieldsOf(usage.output_tokens_details).thinking_tokens,
      }),
      ...(written > 0 ? { cacheWrite: written } : {}),
    },
    model: textOr(message.model),
    raw: { ...message, type: 'message', content },
  })
}

/** Some compatible servers send a text in place of blocks. */
const blocksIn = (content: unknown): WireFields[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)

const isCall = ({ type }: WireFields) => type === 'tool_use'

/** Calls that came without an id or a name, with made ones; everything else as it came. */
function withIds(blocks: readonly WireFields[], turn: string): JsonObject[] {
  const ids = callIds(
    blocks.filter(isCall).map(({ id }) => id),
    turn,
  ).values()
  return blocks.map(block =>
    plainFields(isCall(block) ? { ...block, id: ids.next().value, name: callName(block.name) } : block),
  )
}

const callFrom = ({ id, name, input }: WireFields): ToolCall => ({
  id: textOr(id),
  name: textOr(name),
  arguments: argumentsOf(input),
})

const textIn = ({ type, text }: WireFields) => (type === 'text' ? contentText(text) : '')
const thoughtIn = ({ type, thinking }: WireFields) => (type === 'thinking' ? contentText(thinking) : '')

function endIn({ stop_reason, content }: WireFields, blocks: readonly WireFields[], calls: number): Ended {
  const isEmpty = Array.isArray(content) && content.length === 0
  return blocks.length === 0 && !isEmpty ? broken('its content cannot be read') : stopOf(stop_reason, calls)
}
