import OpenAI from 'openai'
import Type, { type Static } from 'typebox'
import { closed, factory, thing } from '../schemas/options.ts'
import { completionOf, isLastOfChat } from './chat-stream.ts'
import { fromChat, toChat } from './chat-wire.ts'
import { reached } from './endpoints.ts'
import {
  blankLesson,
  chatHabits,
  type Habits,
  habitsOf,
  lengthLesson,
  plainImagesLesson,
  programHabits,
  schemaLesson,
  streamLesson,
  systemLesson,
  toolImagesLesson,
} from './habits.ts'
import { leaveOutLesson } from './leave-out.ts'
import { openAiBatches } from './openai-batch.ts'
import { isAsked, openAiProvider } from './provider.ts'
import { answerOf } from './reading/answer-body.ts'
import { Teacher } from './teacher.ts'
import { type ClientSettings, given, limitsWith, wireOptions, wireTeacher } from './wire.ts'

/** What is asked of a ready client. */
export const openAiClient = (asked: 'chat' | 'responses') =>
  thing<OpenAI>('a client of the package openai', 'new OpenAI({…})', { [asked]: 'object' })

export const OpenAiOptions = closed({
  ...wireOptions(openAiClient('chat')),
  /** Sent as `seed` + sample, so that several samples of one prompt differ and each can be made again. */
  seed: Type.Optional(Type.Integer()),
  ...chatHabits,
})
export type OpenAiOptions = Static<typeof OpenAiOptions>

/**
 * A model behind the Chat Completions API, of OpenAI or of any server that speaks it. For such a server, `baseURL` is
 * its address (with `/v1`). The model is asked through the official package. The key is OPENAI_API_KEY.
 */
export const openai = factory(Teacher, 'openai', OpenAiOptions, options => reached(options, single))

function single(options: OpenAiOptions): Teacher {
  const { model, seed, temperature, params } = options
  const limits = limitsWith(openAiImages, options)
  return wireTeacher(options, {
    options: given({ seed }),
    ...asOpenAi,
    habits: habitsOf(options, standardOf(options)),
    lessons: [
      streamLesson,
      lengthLesson,
      toolImagesLesson,
      systemLesson,
      plainImagesLesson,
      schemaLesson,
      blankLesson,
      leaveOutLesson('chat'),
    ],
    async toWire(request, habits) {
      const body = await toChat(request, { model, limits, habits })
      const own = given({ temperature, seed: seed === undefined ? seed : seed + request.sample })
      return { ...body, ...own, ...streamedBy(habits), ...params }
    },
    send: (client, body, { options, heard }) =>
      answerOf(client.chat.completions.create(body, options), isLastOfChat, heard),
    fromWire: (answer, turn) => fromChat('events' in answer ? completionOf(answer) : answer.whole, turn),
    batches: openAiBatches('/v1/chat/completions'),
  })
}

/** A stream counts its tokens only where that is asked for. */
function streamedBy({ streams }: Habits) {
  if (streams === 'not') return {}
  return { stream: true, ...(streams === 'counted' && { stream_options: { include_usage: true } }) }
}

/** Compatible servers know the older name of the length; OpenAI's newer models refuse it. */
function standardOf({ model, baseURL }: OpenAiOptions): Partial<Habits> {
  if (isAsked(openAiProvider, baseURL)) return { maxTokensAs: 'max_completion_tokens' }
  return model.startsWith('kindling-program-') ? programHabits : {}
}

/**
 * Larger images are scaled to this side by OpenAI itself (https://platform.openai.com/docs/guides/images-vision).
 * Base64 of these bytes stays below the 20 MB that one image could always have, and that of the total below the 50 MB
 * of a request.
 */
export const openAiImages = { side: 2048, bytes: 15_000_000, total: 36_000_000 }

export const asOpenAi = {
  provider: openAiProvider,
  connect: (settings: ClientSettings) => new OpenAI(settings),
}
