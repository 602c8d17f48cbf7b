import { type OpenAI, toFile } from 'openai'
import type { Batch } from 'openai/resources/batches'
import { parseJson } from '../schemas/json.ts'
import { textLines } from '../schemas/lines.ts'
import {
  type BatchCall,
  type BatchLine,
  type BatchService,
  isGone,
  isNoList,
  withoutRepeats,
} from './batch-wire.ts'
import { fieldsOf, textOr } from './reading/shapes.ts'

/**
 * OpenAI's Batch API (https://platform.openai.com/docs/api-reference/batch): a file of requests of one endpoint, at
 * most 50,000 and 200 MB, answered within 24 hours. A batch carries our name of it in its metadata, by which it is
 * found.
 */
export const openAiBatches = (
  endpoint: '/v1/chat/completions' | '/v1/responses',
): BatchService<OpenAI, object, unknown> => ({
  async submit(client, name, lines, call) {
    const texts = lines.map(({ id, body }) => lineOf(id, endpoint, body))
    const file = await toFile(Buffer.from(texts.join('')), `${name}.jsonl`)
    const { id: input_file_id } = await client.files.create({ file, purpose: 'batch' }, call)
    const metadata = { [mark]: name }
    const body = { input_file_id, endpoint, completion_window: '24h' as const, metadata }
    // Sent once: it is looked for before it is sent again.
    return (await client.batches.create(body, call)).id
  },
  async find(client, name, _, call) {
    try {
      for await (const batch of withoutRepeats(client.batches.list({ limit: 100 }, call)))
        if (batch.metadata?.[mark] === name) return batch.id
    } catch (error) {
      if (!isNoList(error)) throw error
    }
    return undefined
  },
  async poll(client, ref, call) {
    const batch = await client.batches.retrieve(ref, call)
    if (!isOver(batch)) return known.has(batch.status) ? {} : { word: `batch ${ref} is "${batch.status}"` }
    const ids = [batch.output_file_id, batch.error_file_id].filter(id => typeof id === 'string' && id !== '')
    const files = await Promise.all(ids.map(id => opened(client, String(id), call)))
    const gone = files.includes(undefined)
    const problem = gone ? `batch ${ref}: a file of its results is gone` : problemOf(batch)
    const lines = linesIn(files.filter(file => file !== undefined))
    return { how: gone ? 'lost' : isCrowded(batch) ? 'crowded' : 'ended', lines, problem }
  },
})

/** The key of our name in a batch's metadata. */
const mark = 'kindling_batch'

/** Before its end a batch is in one of these states. */
const known: ReadonlySet<string> = new Set(['validating', 'in_progress', 'finalizing', 'cancelling'])
const ends = /^(?:completed?|succeeded|done|failed|error|expired|cancell?ed)$/i

/** Compatible servers have other words for it, but say when it ended, or where its results are. */
const isOver = ({ status, ...batch }: Batch): boolean =>
  ends.test(status) ||
  [batch.completed_at, batch.failed_at, batch.expired_at, batch.cancelled_at].some(Boolean) ||
  (!known.has(status) && Boolean(batch.output_file_id))

/** Too many tokens wait in the batches of an organization: it is no fault of this one. */
const isCrowded = ({ errors }: Batch): boolean =>
  (errors?.data ?? []).some(
    ({ code, message }) => code === 'token_limit_exceeded' || /enqueued token limit/i.test(message ?? ''),
  )

const lineOf = (custom_id: string, url: string, body: object) =>
  `${JSON.stringify({ custom_id, method: 'POST', url, body })}\n`

function problemOf({ id, status, errors }: Batch): string {
  const said = errors?.data?.[0]?.message ?? 'no reply to this request'
  return `batch ${id} ${status}: ${said}`
}

/** A file of results, or undefined where it is gone. */
async function opened(client: OpenAI, file: string, call: BatchCall) {
  try {
    return await client.files.content(file, call)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function* linesIn(files: readonly Response[]): AsyncGenerator<BatchLine<unknown>> {
  for (const { body } of files) {
    for await (const text of textLines(body ?? [])) {
      const line = lineFrom(text)
      if (line) yield line
    }
  }
}

/** A line that is no result counts as none: its request is handed in again. */
function lineFrom(text: string): BatchLine<unknown> | undefined {
  const { custom_id: id, response, error } = fieldsOf(parseJson(text))
  if (typeof id !== 'string') return undefined
  const { status_code, body } = fieldsOf(response)
  const status = Number(status_code ?? 0)
  if (status === 200) return { id, raw: body }
  if (status > 0) return { id, error: body ?? error, status }
  const message = textOr(fieldsOf(error).message) || 'no reply'
  return { id, message: `batch: ${message}`, again: true }
}
