import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses'
import { isObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, Reply, Stop, ToolSpec, Turn } from '../schemas/trajectory.ts'
import { TeacherError, type TeacherRequest } from './teacher.ts'
import { argumentsOf, asJson, type Bytes } from './wire.ts'
import { dataUrl, type ImageLimits, textOfParts, wireParts } from './wire-images.ts'

/**
 * A request on the Responses wire (https://platform.openai.com/docs/api-reference/responses/create). The provider keeps
 * nothing: what a model reasoned comes encrypted and goes back with every later turn.
 */
export async function toResponses(
  { system, question, turns, tools, bytes, maxTokens }: TeacherRequest,
  { model, limits }: { model: string; limits: ImageLimits },
): Promise<ResponseCreateParamsNonStreaming> {
  const input: ResponseInputItem[] = [{ role: 'user', content: await contentOf(question, bytes, limits) }]
  for (const turn of turns) input.push(...(await turnToResponses(turn, bytes, limits)))
  return {
    model,
    instructions: system,
    input,
    ...(tools.length > 0 ? { tools: tools.map(toolToResponses) } : {}),
    max_output_tokens: maxTokens,
    store: false,
    include: ['reasoning.encrypted_content'],
  }
}

/** Strict is this wire's default, and refuses schemas with optional fields. */
const toolToResponses = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function' as const,
  name,
  description,
  parameters,
  strict: false,
})

async function turnToResponses({ reply, observations }: Turn, bytes: Bytes, limits: ImageLimits) {
  const results = observations.map(async ({ callId, parts }): Promise<ResponseInputItem> => {
    if (callId === '') return { role: 'user', content: await contentOf(parts, bytes, limits) }
    return { type: 'function_call_output', call_id: callId, output: await outputOf(parts, bytes, limits) }
  })
  return [...assistantToResponses(reply), ...(await Promise.all(results))]
}

/** A text alone as a text: not every compatible server takes a list. */
const outputOf = async (parts: Observation['parts'], bytes: Bytes, limits: ImageLimits) =>
  parts.some(part => part.type === 'image') ? contentOf(parts, bytes, limits) : textOfParts(parts)

/** As the provider gave it: reasoning with its encrypted content, and items that this code does not know. */
function assistantToResponses({ raw, text, calls }: Reply): ResponseInputItem[] {
  if (isResponse(raw)) return raw.output
  const message: ResponseInputItem[] = text === '' ? [] : [{ role: 'assistant', content: text }]
  return [
    ...message,
    ...calls.map(call => ({
      type: 'function_call' as const,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ]
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

/** Throws TeacherError for a response that failed or is none. */
export function fromResponses(response: Response, name: string): Reply {
  if (
    !Array.isArray(response?.output) ||
    !['completed', 'incomplete'].includes(response.status ?? 'completed')
  )
    throw failed(response, name)
  const { output, usage } = response
  const calls = output.flatMap(item =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, arguments: argumentsOf(item.arguments) }]
      : [],
  )
  return {
    text: output.map(textIn).filter(Boolean).join('\n'),
    reasoning: output.flatMap(reasoningIn).join('\n') || null,
    calls,
    stop: stopOf(response, calls.length),
    usage: {
      input: usage?.input_tokens ?? 0,
      output: usage?.output_tokens ?? 0,
      cached: usage?.input_tokens_details?.cached_tokens ?? 0,
      reasoning: usage?.output_tokens_details?.reasoning_tokens ?? 0,
    },
    model: response.model ?? '',
    raw: asJson({ object: 'response', output }),
  }
}

function failed(response: Response, name: string): TeacherError {
  const { code, message } = response?.error ?? {}
  const said = message ?? JSON.stringify(response)?.slice(0, 200)
  return new TeacherError(`teacher ${name}: the server answered without a reply: ${said?.split('\n')[0]}`, {
    fatal: (code as string) === 'insufficient_quota',
  })
}

const partsOf = (item: ResponseOutputItem) => (item.type === 'message' ? item.content : [])

const textIn = (item: ResponseOutputItem) =>
  partsOf(item)
    .map(part => (part.type === 'output_text' ? part.text : ''))
    .join('')

/** OpenAI gives summaries, open models their reasoning itself. */
const reasoningIn = (item: ResponseOutputItem) =>
  item.type === 'reasoning' ? [...(item.content ?? []), ...(item.summary ?? [])].map(({ text }) => text) : []

function stopOf({ incomplete_details, status, output }: Response, calls: number): Stop {
  if (incomplete_details?.reason === 'content_filter') return 'content_filter'
  if (status === 'incomplete') return 'length'
  if (output.some(item => partsOf(item).some(part => part.type === 'refusal'))) return 'refusal'
  return calls > 0 ? 'calls' : 'end'
}
