import type {
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
  ResponseInputMessageContentList,
} from 'openai/resources/responses/responses'
import { isObject, type JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, Reply, ToolCall, ToolSpec, Turn } from '../schemas/trajectory.ts'
import type { Habits } from './habits.ts'
import { without } from './leave-out.ts'
import { broken, type Ended, endOf, replyOf, stopOf } from './reading/ends.ts'
import { noReply, unfinished } from './reading/no-reply.ts'
import {
  argumentsOf,
  contentText,
  fieldsOf,
  objectsIn,
  objectText,
  plainFields,
  textOr,
  usageOf,
  type WireFields,
  withIds,
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
 * A request on the Responses wire (https://platform.openai.com/docs/api-reference/responses/create). The provider keeps
 * nothing: what a model reasoned comes encrypted and goes back with every later turn.
 */
export async function toResponses(
  request: TeacherRequest,
  { model, limits, habits }: { model: string; limits: ImageLimits; habits: Habits },
): Promise<ResponseCreateParamsNonStreaming> {
  const { system, question, turns, tools, bytes, maxTokens, schema } = request
  const fitting = await limitsOf(request, { ...limits, plain: habits.plainImages })
  const show = (parts: readonly Part[]) => contentOf(parts, bytes, fitting)
  const input: ResponseInputItem[] = [{ role: 'user', content: await show(question) }]
  for (const turn of turns) input.push(...(await turnToResponses(turn, show, habits)))
  return {
    model,
    instructions: system,
    input,
    ...(tools.length > 0 ? { tools: tools.map(toolToResponses) } : {}),
    ...(schema && habits.schemas ? { text: { format: formatOf(schema) } } : {}),
    max_output_tokens: maxTokens,
    store: false,
    include: ['reasoning.encrypted_content'],
  }
}

const formatOf = (schema: JsonObject) => ({
  type: 'json_schema' as const,
  name: 'reply',
  strict: true,
  schema,
})

/** Strict is this wire's default, and refuses schemas with optional fields. */
const toolToResponses = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function' as const,
  name,
  description,
  parameters,
  strict: false,
})

type Show = (parts: readonly Part[]) => Promise<ResponseInputMessageContentList>

async function turnToResponses({ reply, observations }: Turn, show: Show, habits: Habits) {
  const { toolImages } = habits
  const items = assistantToResponses(reply, habits)
  const images = observations.flatMap(({ parts }) => parts.filter(part => part.type === 'image'))
  for (const { callId, parts } of observations)
    items.push(
      reply.calls.length === 0
        ? { role: 'user', content: await show(parts) }
        : { type: 'function_call_output', call_id: callId, output: await outputOf(parts, show, toolImages) },
    )
  if (images.length === 0 || reply.calls.length === 0 || toolImages === 'inside') return items
  if (toolImages === 'bridged') items.push({ role: 'assistant', content: bridge })
  items.push({ role: 'user', content: await show([imagesLead, ...images]) })
  return items
}

/** A text alone as a text: not every compatible server takes a list. */
const outputOf = async (parts: Observation['parts'], show: Show, toolImages: Habits['toolImages']) =>
  toolImages === 'inside' && parts.some(part => part.type === 'image') ? show(parts) : textOfParts(parts)

/** As the provider gave it: reasoning with its encrypted content, and items that this code does not know. */
function assistantToResponses({ raw, text, calls }: Reply, habits: Habits): ResponseInputItem[] {
  if (isResponse(raw)) return without(raw.output, habits).flatMap(sendable)
  const message: ResponseInputItem[] = text === '' ? [] : [{ role: 'assistant', content: text }]
  return [
    ...message,
    ...calls.map(call => ({
      type: 'function_call' as const,
      call_id: call.id,
      name: call.name,
      arguments: objectText(call.arguments),
    })),
  ]
}

/** What servers take back of what they said: no message without a word, and one object for arguments. */
function sendable(item: ResponseInputItem): ResponseInputItem[] {
  if (item.type === 'function_call') return [{ ...item, arguments: objectText(argumentsOf(item.arguments)) }]
  if (item.type !== 'message' || !Array.isArray(item.content)) return [item]
  const content = item.content.filter(part => !('text' in part) || part.text !== '')
  return content.length === 0 ? [] : [{ ...item, content } as ResponseInputItem]
}

function isResponse(raw: unknown): raw is { output: ResponseInputItem[] } {
  return isObject(raw) && Array.isArray(raw.output)
}

async function contentOf(parts: readonly Part[], bytes: Bytes, limits: ImageLimits) {
  const wired = await wireParts(parts, bytes, limits)
  return wired.map((part): ResponseInputContent & { type: 'input_text' | 'input_image' } =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : { type: 'input_image', image_url: dataUrl(part), detail: 'auto' },
  )
}

/** Throws NoReply for a response that failed or is none. */
export function fromResponses(body: unknown, turn: string): Reply {
  const response = plainFields(body)
  if (response.output === undefined || response.output === null || isUnfinished(response))
    throw response.error ? unfinished(response) : noReply('without a reply', response)
  const output = withIds(objectsIn(response.output), { isCall, field: 'call_id', turn })
  const calls = output.filter(isCall).map(callFrom)
  const usage = fieldsOf(response.usage)
  return replyOf({
    text: output.map(textIn).filter(Boolean).join('\n'),
    reasoning: output.map(reasoningIn).filter(Boolean).join('\n') || null,
    calls,
    ...endIn(response, output, calls.length),
    usage: usageOf({
      input: usage.input_tokens,
      output: usage.output_tokens,
      cached: fieldsOf(usage.input_tokens_details).cached_tokens,
      reasoning: fieldsOf(usage.output_tokens_details).reasoning_tokens,
    }),
    model: textOr(response.model),
    raw: { object: 'response', output },
  })
}

/** A server that says nothing of it sends what is complete. */
const statusOf = ({ status }: WireFields) => status ?? 'completed'
const isUnfinished = (response: WireFields) =>
  endOf(statusOf(response)) === 'fault' || ['in_progress', 'queued'].includes(textOr(response.status))

const isCall = ({ type }: WireFields) => type === 'function_call' || type === 'custom_tool_call'

const callFrom = ({ call_id, name, arguments: given, input }: WireFields): ToolCall => ({
  id: textOr(call_id),
  name: textOr(name),
  arguments: argumentsOf(given ?? input),
})

const isMessage = ({ type, role }: WireFields) =>
  type === 'message' || (type === undefined && role !== undefined)

const textIn = (item: WireFields): string =>
  isMessage(item) ? contentText(item.content) : item.type === 'output_text' ? textOr(item.text) : ''

/** OpenAI gives summaries, open models their reasoning itself. */
const reasoningIn = ({ type, content, summary }: WireFields): string =>
  type === 'reasoning' ? [content, summary].flatMap(partsIn).map(contentText).join('\n') : ''

const partsIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value ?? []].flat())

const isRefusal = (item: WireFields) =>
  isMessage(item) && objectsIn(item.content).some(({ type }) => type === 'refusal')

function endIn(response: WireFields, output: readonly WireFields[], calls: number): Ended {
  const { reason } = fieldsOf(response.incomplete_details)
  const status = statusOf(response)
  if (status === 'incomplete' || reason) return reason ? stopOf(reason, 0) : { stop: 'length' }
  if (output.some(isRefusal)) return { stop: 'refusal' }
  if (output.length === 0 && !isEmpty(response.output)) return broken('its output cannot be read')
  return stopOf(status, calls)
}

const isEmpty = (output: unknown) => Array.isArray(output) && output.length === 0
