import { TextDecoder } from 'node:util'
import { createParser } from 'eventsource-parser'
import { parseJson } from '../../schemas/json.ts'
import { NoReply } from './no-reply.ts'
import { fieldsOf } from './shapes.ts'

/** What a server answered: one value, or the events of a stream, whichever it was asked for. */
export type Answer = { whole: unknown } | Streamed

export interface Streamed {
  events: readonly unknown[]
  /** Why there are no more, where the connection broke: what came may be whole all the same. */
  broke?: NoReply
}

/** A call by an official package; one by a client that others wrapped may be a promise alone. */
interface Call extends PromiseLike<unknown> {
  asResponse?(): Promise<Response>
}

/**
 * Reads what comes back, because the packages lose whole replies for one odd record. Throws what the package throws,
 * and NoReply where what came is neither JSON nor a stream. `isLast` says after which event nothing is waited for;
 * `heard` is told of every piece of an answer, and not of what only keeps the connection open.
 */
export async function answerOf(
  call: Call,
  isLast: (event: unknown) => boolean,
  heard: () => void = () => {},
): Promise<Answer> {
  const response = await call.asResponse?.()
  if (!response || isForeign(response)) return collected(await call, heard)
  return read(textOf(response), isLast, heard)
}

/** Bedrock's streams have a form of their own, which its package reads. */
const isForeign = ({ headers }: Response) => headers.get('content-type')?.includes('eventstream') ?? false

async function collected(said: unknown, heard: () => void): Promise<Answer> {
  const isStream = typeof said === 'object' && said !== null && Symbol.asyncIterator in said
  if (!isStream) return { whole: said }
  const hear = (event: unknown) => {
    heard()
    return event
  }
  return { events: await Array.fromAsync(said as AsyncIterable<unknown>, hear) }
}

/** JSON begins so, and so does a page; anything else may be a stream. */
const wholeStart = /^\s*[[{"<]/

const isPing = (event: unknown) => fieldsOf(event).type === 'ping'

async function read(
  chunks: AsyncIterable<string>,
  isLast: (event: unknown) => boolean,
  heard: () => void,
): Promise<Answer> {
  const events = eventReader()
  let text = ''
  try {
    for await (const chunk of chunks) {
      if (events.seen.length === 0) text += chunk
      const isStream = text.trim() !== '' && !wholeStart.test(text)
      const came = isStream ? events.feed(chunk) : []
      if (isStream ? !came.every(isPing) : chunk.trim() !== '') heard()
      if (came.some(isLast)) return { events: events.seen }
    }
    // Not every server puts a blank line behind the last record.
    if (!wholeStart.test(text)) events.feed('\n\n')
  } catch (error) {
    const broke = error instanceof NoReply ? error : new NoReply('the connection broke', undefined, error)
    if (events.seen.length === 0) throw broke
    return { events: events.seen, broke }
  }
  return events.seen.length > 0 ? { events: events.seen } : wholeOf(text)
}

/** The events of a stream, in the order in which they come. */
function eventReader() {
  const seen: unknown[] = []
  const parser = createParser({ onEvent: ({ event, data }) => seen.push(...valuesIn(data, event)) })
  return {
    seen,
    feed(chunk: string): unknown[] {
      const before = seen.length
      parser.feed(chunk)
      return seen.slice(before)
    },
  }
}

export const done = '[DONE]'

/** What one record says. A keep-alive says nothing; records that no blank line parts come as one. */
function valuesIn(data: string, event: string | undefined): unknown[] {
  if (data.trim() === done) return [done]
  if (event === 'error') return [{ type: 'error', message: data, ...fieldsOf(parseJson(data)) }]
  if (!/^\s*[[{]/.test(data)) return []
  const value = parseJson(data)
  if (value !== undefined) return [value]
  const values = data.split('\n').map(line => (line.trim() === done ? done : parseJson(line)))
  if (values.includes(undefined)) throw new NoReply('the stream could not be read: a record is not JSON')
  return values
}

/** Comments keep some connections alive until JSON comes. */
const comments = /^(\s*:[^\n]*\n)+/

function wholeOf(sent: string): Answer {
  const text = sent.replace(comments, '')
  const whole = parseJson(text)
  if (whole !== undefined) return { whole }
  const lines = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(parseJson)
  if (lines.length > 1 && !lines.includes(undefined)) return { events: lines }
  if (/^\s*[[{]/.test(text))
    throw new NoReply('the answer could not be read: it is not JSON, or not all of it')
  return { whole: text }
}

/** The body in the charset that it says it has, or that its first bytes tell of. */
async function* textOf({ headers, body }: Response): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  for await (const bytes of body ? piecesOf(body) : []) {
    decoder ??= decoderFor(headers.get('content-type') ?? '', bytes)
    yield decoder.decode(bytes, { stream: true })
  }
  if (decoder) yield decoder.decode()
}

/** The pieces of a body. Where nobody wants more of them, the rest is still read for a moment, but not waited for. */
async function* piecesOf(body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>) {
  // A client that others wrapped may have another `fetch`.
  if (!(body instanceof ReadableStream)) return yield* body
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    void readOut(reader)
  }
}

/** Milliseconds that a body may end after the reply in it. */
const moment = 1000

/** A connection whose body was read to its end is used again; any other one is closed. */
async function readOut(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const enough = setTimeout(() => reader.cancel().catch(() => {}), moment)
  try {
    while (!(await reader.read()).done);
  } catch {
    // Whatever broke, the reply was whole before.
  } finally {
    clearTimeout(enough)
  }
}

/** Byte order marks of the two kinds of UTF-16. */
const marks: Record<string, string> = { fffe: 'utf-16le', feff: 'utf-16be' }

function decoderFor(contentType: string, bytes: Uint8Array): TextDecoder {
  const said = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]
  try {
    return new TextDecoder(marks[Buffer.from(bytes.subarray(0, 2)).toString('hex')] ?? said)
  } catch {
    return new TextDecoder()
  }
}
