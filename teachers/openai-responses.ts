import type { ResponseCreateParamsBase } from 'openai/resources/responses/responses'
import type { Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
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
import { asOpenAi, openAiClient, openAiImages } from './openai.ts'
import { openAiBatches } from './openai-batch.ts'
import { answerOf } from './reading/answer-body.ts'
import { isLastOfResponse, responseOf } from './responses-stream.ts'
import { fromResponses, toResponses } from './responses-wire.ts'
import { Teacher } from './teacher.ts'
import { given, limitsWith, wireOptions, wireTeacher } from './wire.ts'

export const OpenAiResponsesOptions = closed(wireOptions(openAiClient('responses')))
export type OpenAiResponsesOptions = Static<typeof OpenAiResponsesOptions>

/**
 * A model behind OpenAI's Responses API, asked through the official package. It keeps what a reasoning model thought
 * across tool calls, and takes images in tool results. The key is OPENAI_API_KEY.
 */
export const openaiResponses = factory(Teacher, 'openaiResponses', OpenAiResponsesOptions, options =>
  reached(options, single),
)

function single(options: OpenAiResponsesOptions): Teacher {
  const { model, temperature, params } = options
  const limits = limitsWith(openAiImages, options)
  let encrypts = true
  return wireTeacher(options, {
    options: { wire: 'responses' },
    ...asOpenAi,
    habits: habitsOf(options, { toolImages: 'inside' }),
    lessons: [streamLesson, toolImagesLesson, plainImagesLesson, schemaLesson, leaveOutLesson('responses')],
    async toWire(request, habits): Promise<ResponseCreateParamsBase> {
      const body = await toResponses(request, { model, limits, habits })
      return {
        ...(encrypts ? body : withoutInclude(body)),
        ...streaming(habits),
        ...given({ temperature }),
        ...params,
      }
    },
    async send(client, body, { options, heard }) {
      const create = (asked: typeof body) =>
        answerOf(client.responses.create(asked, options), isLastOfResponse, heard)
      return create(body).catch(error => {
        if (!refusesEncryption(error)) throw error
        encrypts = false
        return create(withoutInclude(body))
      })
    },
    fromWire: (answer, turn) => fromResponses('events' in answer ? responseOf(answer) : answer.whole, turn),
    batches: openAiBatches('/v1/responses'),
  })
}

const withoutInclude = ({ include: _, ...body }: ResponseCreateParamsBase) => body

/** Models that do not reason refuse to be asked for it. */
const refusesEncryption = (error: unknown) =>
  error instanceof Error && /encrypted content is not supported/i.test(error.message)
