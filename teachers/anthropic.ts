import Anthropic from '@anthropic-ai/sdk'
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
} from '@anthropic-ai/sdk/resources/messages'
import Type, { type Static } from 'typebox'
import { closed, count, factory, thing, trueOrFalse } from '../schemas/options.ts'
import { anthropicBatches, type BatchClient } from './anthropic-batch.ts'
import { reached } from './endpoints.ts'
import { messageOf } from './messages-stream.ts'
import { fromMessages, toMessages } from './messages-wire.ts'
import { anthropicProvider } from './provider.ts'
import { Teacher, TeacherError } from './teacher.ts'
import { given, limitsWith, wireOptions, wireTeacher } from './wire.ts'

/** What a ready client needs: those of Bedrock, Vertex and Foundry have it. */
export interface AnthropicClient {
  messages: Pick<Anthropic['messages'], 'create'> & BatchClient['messages']
}

const Client = thing<AnthropicClient>('a client of the package @anthropic-ai/sdk', 'new Anthropic({…})', {
  messages: 'object',
})

export const AnthropicOptions = closed({
  ...wireOptions(Client),
  /** Tokens it may think, as part of `limits.maxTokens`. For other forms of thinking give `params: { thinking: … }`. */
  thinking: Type.Optional(count),
  /** Mark what later calls can read from the provider's prompt cache. True when absent. */
  cache: Type.Optional(trueOrFalse),
})
export type AnthropicOptions = Static<typeof AnthropicOptions>

/**
 * A model behind Anthropic's Messages API, asked through the official package. Its thinking goes back with its tool
 * calls, and images stand in tool results. The key is ANTHROPIC_API_KEY.
 */
export const anthropic = factory(Teacher, 'anthropic', AnthropicOptions, options => reached(options, single))

function single(options: AnthropicOptions): Teacher {
  const { model, thinking, temperature, params, cache = true } = options
  const limits = limitsWith(anthropicImages, options)
  if (thinking !== undefined && temperature !== undefined)
    throw new Error(`teacher ${model}: this provider takes either thinking or a temperature, not both`)
  return wireTeacher(options, {
    options: given({ thinking }),
    provider: anthropicProvider,
    connect: (settings): AnthropicClient => new Anthropic(settings),
    async toWire(request) {
      refuseLongThought(thinking, request.maxTokens, options.name ?? model)
      const body = await toMessages(request, { model, limits, cache })
      const thinks = thinking && { thinking: { type: 'enabled' as const, budget_tokens: thinking } }
      return { ...body, ...given({ temperature }), ...thinks, ...params }
    },
    send: (client, body, { stream, signal }) =>
      untilDone(body, asked => create(client, asked, stream, signal)),
    fromWire: fromMessages,
    batches: anthropicBatches,
  })
}

/**
 * A request of more than 20 images is refused where one is larger, and a conversation may grow to that; base64 of
 * these bytes is the limit of 5 MB (https://platform.claude.com/docs/en/build-with-claude/vision).
 */
const anthropicImages = { side: 2000, bytes: 3_900_000 }

function refuseLongThought(thinking: number | undefined, maxTokens: number, name: string) {
  if (thinking === undefined || thinking < maxTokens) return
  const line = `teacher ${name}: thinking (${thinking} tokens) must be less than limits.maxTokens (${maxTokens})`
  throw new TeacherError(line, { fatal: true })
}

async function create(
  { messages }: AnthropicClient,
  body: MessageCreateParamsNonStreaming,
  stream: boolean,
  signal: AbortSignal,
): Promise<Message> {
  if (!stream) return messages.create(body, { signal, maxRetries: 0 })
  return messageOf(await messages.create({ ...body, stream: true }, { signal, maxRetries: 0 }))
}

/** How often a reply may pause (for tools at the provider) before it is given up. */
const mostPauses = 8

/** A paused reply goes on when it is sent back as it is; the whole is one message that costs what all parts cost. */
async function untilDone(
  body: MessageCreateParamsNonStreaming,
  ask: (body: MessageCreateParamsNonStreaming) => Promise<Message>,
): Promise<Message> {
  let whole = await ask(body)
  for (let pauses = 0; whole.stop_reason === 'pause_turn'; pauses++) {
    if (pauses === mostPauses) throw new Error(`the reply paused ${mostPauses} times without an end`)
    const content = whole.content as ContentBlockParam[]
    const next = await ask({ ...body, messages: [...body.messages, { role: 'assistant', content }] })
    whole = { ...next, content: [...whole.content, ...next.content], usage: sum(whole.usage, next.usage) }
  }
  return whole
}

const sum = (one: Message['usage'], other: Message['usage']): Message['usage'] => ({
  ...other,
  input_tokens: one.input_tokens + other.input_tokens,
  output_tokens: one.output_tokens + other.output_tokens,
  cache_read_input_tokens: (one.cache_read_input_tokens ?? 0) + (other.cache_read_input_tokens ?? 0),
  cache_creation_input_tokens:
    (one.cache_creation_input_tokens ?? 0) + (other.cache_creation_input_tokens ?? 0),
})
