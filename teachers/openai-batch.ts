import { type OpenAI, toFile } from 'openai'
import type { Batch } from 'openai/resources/batches'
import { parseJson } from '../schemas/json.ts'
import { textLines } from '../schemas/lines.ts'
import { type BatchLine, type BatchService, mayPass } from './batch-wire.ts'

/**
 * OpenAI's Batch API (https://platform.openai.com/docs/api-reference/batch): a file of requests of one endpoint, at
 * most 50,000 and 200 MB, answered within 24 hours. A batch carries our name of it in its metadata, by which it is
 * found.
 */
export const openAiBatches = (
  endpoint: '/v1/chat/completions' | '/v1/responses',
): BatchService<OpenAI, object, unknown> => ({
  async submit(client, name, lines, signal) {
    const texts = lines.map(({ id, body }) => lineOf(id, endpoint, body))
    const file = await toFile(Buffer.from(texts.join('')), `${name}.jsonl`)
    const { id: input_file_id } = await client.files.create({ file, purpose: 'batch' }, { signal })
    const metadata = { [mark]: name }
    const body = { input_file_id, endpoint, completion_window: '24h' as const, metadata }
    // Sent once: it is looked for before it is sent again.
    return (await client.batches.create(body, { signal, maxRetries: 0 })).id
  },
  async find(client, name, _, signal) {
    for await (const batch of client.batches.list({ limit: 100 }, { signal }))
      if (batch.metadata?.[mark] === name) return batch.id
    return undefined
  },
  async poll(client, ref, signal) {
    const batch = await client.batches.retrieve(ref, { signal })
    if (!ends.has(batch.status)) return undefined
    const files = [batch.output_file_id, batch.error_file_id].filter(id => typeof id === 'string')
    return { lines: linesIn(files, client, signal), problem: problemOf(batch) }
  },
})

/** The key of our name in a batch's metadata. */
const mark = 'kindling_batch'

const ends: ReadonlySet<Batch['status']> = new Set(['completed', 'failed', 'expired', 'cancelled'])

const lineOf = (custom_id: string, url: string, body: object) =>
  `${JSON.stringify({ custom_id, method: 'POST', url, body })}\n`

function problemOf({ id, status, errors }: Batch): string {
  const said = errors?.data?.[0]?.message ?? 'no reply to this request'
  return `batch ${id} ${status}: ${said}`
}

async function* linesIn(
  files: string[],
  client: OpenAI,
  signal: AbortSignal,
): AsyncGenerator<BatchLine<unknown>> {
  for (const file of files) {
    const { body } = await client.files.content(file, { signal })
    for await (const text of textLines(body ?? [])) {
      const line = lineFrom(text)
      if (line) yield line
    }
  }
}

interface OutputLine {
  custom_id?: string
  response?: { status_code?: number; body?: unknown } | null
  error?: { message?: string } | null
}

/** A line that is no result counts as none: its request is handed in again. */
function lineFrom(text: string): BatchLine<unknown> | undefined {
  const { custom_id: id, response, error } = (parseJson(text) ?? {}) as OutputLine
  if (id === undefined) return undefined
  const status = response?.status_code ?? 0
  if (status === 200) return { id, raw: response?.body }
  const body = response?.body as { error?: { message?: string } } | undefined
  const message = error?.message ?? body?.error?.message ?? 'no reply'
  return {
    id,
    message: status === 0 ? `batch: ${message}` : `batch: ${status} ${message}`,
    again: mayPass(status),
  }
}
