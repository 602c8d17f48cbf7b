import type Anthropic from '@anthropic-ai/sdk'
import type {
  MessageBatch,
  MessageBatchIndividualResponse,
} from '@anthropic-ai/sdk/resources/messages/batches'
import type { Message, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages/messages'
import { isObject } from '../schemas/json.ts'
import {
  type BatchCall,
  type BatchLine,
  type BatchService,
  isGone,
  nothing,
  withoutRepeats,
} from './batch-wire.ts'
import { TeacherError } from './teacher.ts'

/** What a ready client needs for batches; those of Bedrock and Vertex have none. */
export interface BatchClient {
  messages: { batches?: Anthropic['messages']['batches'] }
}

/**
 * Anthropic's Message Batches (https://docs.claude.com/en/docs/build-with-claude/batch-processing): at most 100,000
 * requests and 256 MB, answered within 24 hours. A batch carries no name, so one whose acceptance got lost is found by
 * the requests that its results are of; while a batch of its size is under way it cannot be told, and `find` fails.
 */
export const anthropicBatches: BatchService<BatchClient, MessageCreateParamsNonStreaming, Message> = {
  async submit(client, _, lines, call) {
    const requests = lines.map(({ id, body }) => ({ custom_id: id, params: body }))
    // Sent once: it is looked for before it is sent again.
    return (await of(client).create({ requests }, call)).id
  },
  async find(client, _, ids, call) {
    for await (const batch of withoutRepeats(of(client).list({ limit: 100 }, call))) {
      if (sizeOf(batch) !== ids.length) continue
      if (!isOver(batch)) throw undecided(batch)
      if (batch.results_url && (await answers(client, batch, ids, call))) return batch.id
    }
    return undefined
  },
  async poll(client, ref, call) {
    const batch = await of(client).retrieve(ref, {}, call)
    if (!isOver(batch)) return known.has(batch.processing_status) ? {} : { word: wordOn(batch) }
    const lines = await opened(client, batch, call)
    if (!lines)
      return { how: 'lost', lines: nothing(), problem: `batch ${ref} ended, and its results are gone` }
    return { how: 'ended', lines: linesIn(lines), problem: `batch ${ref} ended: no reply to this request` }
  },
}

function of({ messages: { batches } }: BatchClient) {
  if (batches) return batches
  throw new TeacherError('this client of Anthropic has no batches; leave `batch` out', { fatal: true })
}

/** Before its end a batch is in one of these states. */
const known: ReadonlySet<string> = new Set(['in_progress', 'canceling'])

const isOver = ({ processing_status, ended_at, results_url }: MessageBatch): boolean =>
  processing_status === 'ended' || (!known.has(processing_status) && Boolean(ended_at || results_url))

const wordOn = ({ id, processing_status }: MessageBatch) => `batch ${id} is "${processing_status}"`

/** The results, or undefined where they are gone: they are kept for 29 days. */
async function opened(client: BatchClient, { id, results_url }: MessageBatch, call: BatchCall) {
  if (!results_url) return undefined
  try {
    return await of(client).results(id, {}, call)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

const sizeOf = ({ request_counts: { canceled, errored, expired, processing, succeeded } }: MessageBatch) =>
  canceled + errored + expired + processing + succeeded

const undecided = ({ id }: MessageBatch) =>
  new TeacherError(`batch ${id} may be one whose acceptance got lost; its results will tell`, {
    fatal: false,
  })

async function answers(client: BatchClient, batch: MessageBatch, ids: readonly string[], call: BatchCall) {
  for await (const { custom_id } of (await opened(client, batch, call)) ?? nothing())
    return ids.includes(custom_id)
  return false
}

async function* linesIn(
  lines: AsyncIterable<MessageBatchIndividualResponse>,
): AsyncGenerator<BatchLine<Message>> {
  // A line that is no result counts as none: its request is handed in again.
  for await (const line of lines) if (isObject(line) && isObject(line.result)) yield lineFrom(line)
}

function lineFrom({ custom_id: id, result }: MessageBatchIndividualResponse): BatchLine<Message> {
  if (result.type === 'succeeded')
    return result.message.stop_reason === 'pause_turn' ? paused(id) : { id, raw: result.message }
  if (result.type !== 'errored') return { id, message: `batch: the request ${result.type}`, again: true }
  return { id, error: result.error, status: undefined }
}

/** It goes on only online. */
const paused = (id: string) => ({ id, message: 'batch: the reply paused without an end', again: false })
