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
import { isObject } from '../schemas/json.ts'
import type { Usage } from '../schemas/reply-use.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, Reply, ToolCall, ToolSpec, Turn } from '../schemas/trajectory.ts'
import type { Habits } from './habits.ts'
import { without } from './leave-out.ts'
import { broken, type Ended, endOf, replyOf, stopOf } from './reading/ends.ts'
import { noReply, unfinished } from './reading/no-reply.ts'
import {
  argumentsObject,
  argumentsOf,
  contentText,
  fieldsOf,
  objectsIn,
  plainFields,
  textOr,
  tokenCount,
  usageOf,
  type WireFields,
  withIds,
} from './reading/shapes.ts'
import type { TeacherRequest } from './teacher.ts'
import type { Bytes } from './wire.ts'
import { type ImageLimits, imagesLead, limitsOf, wireParts } from './wire-images.ts'

/** A request on Anthropic's Messages wire (https://platform.claude.com/docs/en/api/messages). */
export async function toMessages(
  request: TeacherRequest,
  { model, limits, cache, habits }: { model: string; limits: ImageLimits; cache: boolean; habits: Habits },
): Promise<MessageCreateParamsNonStreaming> {
  const { system, question, turns, tools, bytes, maxTokens, stop, schema } = request
  const fitting = await limitsOf(request, { ...limits, plain: habits.plainImages })
  const show = (parts: readonly Part[]) => contentOf(parts, bytes, fitting)
  const messages: MessageParam[] = [{ role: 'user', content: filled(await show(question)) }]
  for (const turn of turns)
    messages.push(
      { role: 'assistant', content: filled(assistantToMessages(turn.reply, habits)) },
      { role: 'user', content: filled(await answersTo(turn, show, habits)) },
    )
  const body: MessageCreateParamsNonStreaming = {
    model,
    max_tokens: maxTokens,
    ...(system === '' ? {} : { system: [{ type: 'text' as const, text: system }] }),
    messages,
    ...(tools.length > 0 ? { tools: tools.map(toTool) } : {}),
    ...(stop ? { stop_sequences: [...stop] } : {}),
    ...(schema && habits.schemas
      ? { output_config: { format: { type: 'json_schema' as const, schema } } }
      : {}),
  }
  return cache ? marked(body) : body
}

const toTool = ({ name, description, parameters }: ToolSpec): Tool => ({
  name,
  description,
  input_schema: { ...parameters, type: 'object' },
})

type Show = (parts: readonly Part[]) => Promise<(TextBlockParam | ImageBlockParam)[]>

/** A message without content is refused, and so is a text of nothing but blanks. */
const filled = <Block extends ContentBlockParam>(blocks: Block[]): (Block | TextBlockParam)[] =>
  blocks.length > 0 ? blocks : [{ type: 'text', text: '(no text)' }]

/** Of a reply without calls an observation is plain content. */
async function answersTo({ reply, observations }: Turn, show: Show, { toolImages }: Habits) {
  if (reply.calls.length === 0) return show(observations.flatMap(({ parts }) => parts))
  const inside = toolImages === 'inside'
  const images = observations.flatMap(({ parts }) => parts.filter(part => part.type === 'image'))
  const results: ContentBlockParam[] = []
  for (const one of observations) {
    const parts = inside ? one.parts : one.parts.filter(part => part.type === 'text')
    results.push(toResult(one, await show(parts)))
  }
  return inside || images.length === 0 ? results : [...results, ...(await show([imagesLead, ...images]))]
}

const toResult = (
  { callId, mistake }: Observation,
  content: (TextBlockParam | ImageBlockParam)[],
): ToolResultBlockParam => ({
  type: 'tool_result',
  tool_use_id: callId,
  content: content.length > 0 ? content : '(no text)',
  ...(mistake ? { is_error: true } : {}),
})

async function contentOf(parts: readonly Part[], bytes: Bytes, limits: ImageLimits) {
  const wired = await wireParts(parts, bytes, limits)
  return wired.map((part): TextBlockParam | ImageBlockParam =>
    part.type === 'text'
      ? part
      : { type: 'image', source: { type: 'base64', media_type: part.mime, data: part.base64 } },
  )
}

/**
 * As the provider gave it: its thinking goes back with signatures and order untouched, as the wire demands
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks).
 */
function assistantToMessages({ raw, text, calls }: Reply, habits: Habits): ContentBlockParam[] {
  if (isMessage(raw)) return sendable(without(raw.content, habits))
  const called = calls.map(({ id, name, arguments: input }) => ({
    type: 'tool_use' as const,
    id,
    name,
    input,
  }))
  return sendable([{ type: 'text', text }, ...called])
}

const isMessage = (raw: unknown): raw is { content: ContentBlockParam[] } =>
  isObject(raw) && raw.type === 'message' && 'content' in raw

/** What the provider takes back of what it said: no blank texts, though it says them, and objects for inputs. */
const sendable = (blocks: readonly ContentBlockParam[]): ContentBlockParam[] =>
  blocks.flatMap(block => {
    if (block.type === 'text') return block.text.trim() === '' ? [] : [block]
    return 'input' in block && !isObject(block.input)
      ? [{ ...block, input: argumentsObject(argumentsOf(block.input)) } as ContentBlockParam]
      : [block]
  })

/** The same of a reply that goes on from there: its last text may not end in blanks, either. */
export function resumable(blocks: readonly ContentBlockParam[]): ContentBlockParam[] {
  const said = sendable(blocks)
  const last = said.at(-1)
  return last?.type === 'text' ? [...said.slice(0, -1), { ...last, text: last.text.trimEnd() }] : said
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

/** Throws NoReply for a body that is no message. */
export function fromMessages(body: unknown, turn: string): Reply {
  const message = plainFields(body)
  if (message.type !== 'message' && !message.content) throw noReply('without a message', message)
  if (endOf(message.stop_reason) === 'fault') throw unfinished(message)
  const content = withIds(blocksIn(message.content), { isCall, field: 'id', turn })
  const calls = content.filter(isCall).map(callFrom)
  return replyOf({
    text: content.map(textIn).join(''),
    reasoning: content.map(thoughtIn).join('') || null,
    calls,
    ...endIn(message, content, calls.length),
    usage: usageOfMessage(message.usage),
    model: textOr(message.model),
    raw: { ...message, type: 'message', content },
  })
}

/** `input` counts what was read from and written to the cache too. */
export function usageOfMessage(said: unknown): Usage {
  const usage = fieldsOf(said)
  const cached = tokenCount(usage.cache_read_input_tokens)
  const written = tokenCount(usage.cache_creation_input_tokens)
  return {
    ...usageOf({
      input: tokenCount(usage.input_tokens) + cached + written,
      output: usage.output_tokens,
      cached,
      reasoning: fieldsOf(usage.output_tokens_details).thinking_tokens,
    }),
    ...(written > 0 ? { cacheWrite: written } : {}),
  }
}

/** Some compatible servers send a text in place of blocks. */
const blocksIn = (content: unknown): WireFields[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)

const isCall = ({ type }: WireFields) => type === 'tool_use'

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
