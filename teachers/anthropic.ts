import Anthropic from '@anthropic-ai/sdk'
import type { ContentBlockParam, MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages'
import Type, { type Static } from 'typebox'
import { hashOf } from '../schemas/hash.ts'
import { isObject } from '../schemas/json.ts'
import { closed, count, factory, thing, trueOrFalse } from '../schemas/options.ts'
import { anthropicBatches, type BatchClient } from './anthropic-batch.ts'
import { reached } from './endpoints.ts'
import {
  habitsOf,
  plainImagesLesson,
  schemaLesson,
  streaming,
  streamLesson,
  toolImagesLesson,
} from './habits.ts'
import { leaveOutLesson } from './leave-out.ts'
import { isLastOfMessage, messageOf } from './messages-stream.ts'
import { fromMessages, resumable, toMessages, usageOfMessage } from './messages-wire.ts'
import { anthropicProvider } from './provider.ts'
import { answerOf } from './reading/answer-body.ts'
import { fieldsOf, objectsIn, tokenCount, type WireFields } from './reading/shapes.ts'
import { Teacher, TeacherError } from './teacher.ts'
import { given, limitsWith, type Sending, wireOptions, wireTeacher } from './wire.ts'

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
export const anthropic = factory(Teacher, 'anthropic', AnthropicOptions, options => {
  const paused = new Map<string, Paused>()
  return reached(options, each => single(each, paused))
})

function single(options: AnthropicOptions, paused: Map<string, Paused>): Teacher {
  const { model, thinking, temperature, params, cache = true } = options
  const limits = limitsWith(anthropicImages, options)
  if (thinking !== undefined && temperature !== undefined)
    throw new Error(`teacher ${model}: this provider takes either thinking or a temperature, not both`)
  return wireTeacher(options, {
    options: given({ thinking }),
    provider: anthropicProvider,
    connect: (settings): AnthropicClient => new Anthropic(settings),
    habits: habitsOf(options, { toolImages: 'inside' }),
    lessons: [streamLesson, toolImagesLesson, plainImagesLesson, schemaLesson, leaveOutLesson('messages')],
    async toWire(request, habits): Promise<MessageCreateParamsBase> {
      refuseLongThought(thinking, request.maxTokens, options.name ?? model)
      const body = await toMessages(request, { model, limits, cache, habits })
      const thinks = thinking && { thinking: { type: 'enabled' as const, budget_tokens: thinking } }
      return { ...body, ...streaming(habits), ...given({ temperature }), ...thinks, ...params }
    },
    async send(client, body, sending) {
      const ask = (asked: typeof body) => create(client, asked, sending)
      const key = hashOf({ body, sample: sending.sample })
      return { whole: await goneOn(body, ask, { paused, key }) }
    },
    fromWire: (answer, turn) => fromMessages('events' in answer ? messageOf(answer) : answer.whole, turn),
    batches: anthropicBatches,
  })
}

/**
 * A request of more than 20 images is refused where one is larger, and a conversation may grow to that; base64 of
 * these bytes is the limit of 5 MB, and that of the total leaves 2 MB for texts of the 32 MB that a request may have
 * (https://platform.claude.com/docs/en/build-with-claude/vision).
 */
const anthropicImages = { side: 2000, bytes: 3_900_000, total: 22_500_000 }

function refuseLongThought(thinking: number | undefined, maxTokens: number, name: string) {
  if (thinking === undefined || thinking < maxTokens) return
  const line = `teacher ${name}: thinking (${thinking} tokens) must be less than limits.maxTokens (${maxTokens})`
  throw new TeacherError(line, { fatal: true })
}

async function create(
  { messages }: AnthropicClient,
  body: MessageCreateParamsBase,
  { options, heard }: Sending,
): Promise<WireFields> {
  const answer = await answerOf(messages.create(body, options), isLastOfMessage, heard)
  if ('events' in answer) return messageOf(answer)
  return isObject(answer.whole) ? answer.whole : { error: answer.whole }
}

/** How often a reply may pause (for tools at the provider) before it is given up. */
const mostPauses = 8

/** What came of a reply that paused. */
interface Paused {
  whole: WireFields
  pauses: number
}

/**
 * A paused reply goes on when it is sent back; the whole is one message that used what all parts did. What came
 * is kept in `paused`, and the next try goes on from there, whatever became of the one before.
 */
async function goneOn(
  body: MessageCreateParamsBase,
  ask: (body: MessageCreateParamsBase) => Promise<WireFields>,
  { paused, key }: { paused: Map<string, Paused>; key: string },
): Promise<WireFields> {
  const before = paused.get(key)
  const part = await ask(before ? continued(body, before.whole) : body)
  const whole = before ? joined(before.whole, part) : part
  const pauses = (before?.pauses ?? 0) + 1
  if (part.stop_reason !== 'pause_turn' || pauses > mostPauses) {
    paused.delete(key)
    return whole
  }
  paused.set(key, { whole, pauses })
  throw new TeacherError('the reply paused', {
    fatal: false,
    transient: true,
    part: usageOfMessage(part.usage),
  })
}

const continued = (body: MessageCreateParamsBase, { content }: WireFields) => ({
  ...body,
  messages: [
    ...body.messages,
    { role: 'assistant' as const, content: resumable(objectsIn(content) as unknown as ContentBlockParam[]) },
  ],
})

const joined = (before: WireFields, part: WireFields): WireFields => ({
  ...part,
  content: [...objectsIn(before.content), ...objectsIn(part.content)],
  usage: sum(before.usage, part.usage),
})

const counts = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

const sum = (one: unknown, other: unknown): WireFields => ({
  ...fieldsOf(other),
  ...Object.fromEntries(
    counts.map(name => [name, tokenCount(fieldsOf(one)[name]) + tokenCount(fieldsOf(other)[name])]),
  ),
})
