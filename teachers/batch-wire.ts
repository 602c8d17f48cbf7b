import Type, { type Static } from 'typebox'
import { closed, count } from '../schemas/options.ts'
import type { Reply } from '../schemas/trajectory.ts'
import {
  type BatchEnd,
  type Batching,
  type BatchResult,
  type BatchState,
  refusedReply,
  TeacherError,
  type TeacherRequest,
} from './teacher.ts'

/** How much goes into one batch, and how often it is looked at. */
export const BatchOptions = closed({
  /** 1,000 by default. */
  requests: Type.Optional(count),
  /** 50 MB by default. What one batch holds is in memory while it is handed in. */
  bytes: Type.Optional(count),
  /** Seconds between two looks, 30 by default. */
  pollSeconds: Type.Optional(Type.Number({ minimum: 0 })),
})
export type BatchOptions = Static<typeof BatchOptions>

/** How a teacher is asked: what batches need of the wire that it is asked by online. */
interface BatchWire<Client, Body, Raw> {
  client(): Client
  body(request: TeacherRequest): Promise<Body>
  /** Throws TeacherError for an answer that is none. `id` is the request's. */
  reply(raw: Raw, id: string): Reply
  /** What an error says that came in place of an answer, with the status that it has, if any. */
  refusal(body: unknown, status: number | undefined): TeacherError
  /** What the package throws, as a TeacherError. */
  problem(error: unknown): TeacherError
}

/** One request's result: an answer of the wire, an error in its place, or why there is neither. */
export type BatchLine<Raw> =
  | { id: string; raw: Raw }
  | { id: string; error: unknown; status: number | undefined }
  | { id: string; message: string; again: boolean }

/** A provider's batches. It throws what the package throws. */
export interface BatchService<Client, Body, Raw> {
  submit(
    client: Client,
    name: string,
    lines: { id: string; body: Body }[],
    signal: AbortSignal,
  ): Promise<string>
  find(client: Client, name: string, ids: readonly string[], signal: AbortSignal): Promise<string | undefined>
  poll(client: Client, ref: string, signal: AbortSignal): Promise<Ended<Raw> | Going>
}

/** A batch that has not ended; `word` where its state is not one that is known. */
interface Going {
  word?: string
}

interface Ended<Raw> {
  how: BatchEnd
  lines: AsyncIterable<BatchLine<Raw>>
  /** Why requests without a line have none. */
  problem: string
}

/** A teacher's batches, from its wire and its provider's service. */
export function batching<Client, Body, Raw>(
  wire: BatchWire<Client, Body, Raw>,
  service: BatchService<Client, Body, Raw>,
  { requests = 1000, bytes = 50_000_000, pollSeconds = 30 }: BatchOptions = {},
): Batching {
  const fail = (error: unknown, signal: AbortSignal) => {
    signal.throwIfAborted()
    return error instanceof TeacherError ? error : wire.problem(error)
  }
  const attempt = <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    work().catch(error => {
      throw fail(error, signal)
    })

  async function* read(
    lines: AsyncIterable<BatchLine<Raw>>,
    signal: AbortSignal,
  ): AsyncGenerator<BatchResult> {
    try {
      for await (const line of lines) yield resultOf(line, wire)
    } catch (error) {
      throw fail(error, signal)
    }
  }

  return {
    limits: { requests, bytes },
    pollEvery: pollSeconds * 1000,
    submit: (name, items, signal) =>
      attempt(async () => {
        const lines = []
        for (const { id, request } of items) lines.push({ id, body: await wire.body(request) })
        return service.submit(wire.client(), name, lines, signal)
      }, signal),
    find: (name, ids, signal) => attempt(async () => service.find(wire.client(), name, ids, signal), signal),
    poll: (ref, signal) =>
      attempt(async () => {
        const seen = await service.poll(wire.client(), ref, signal).catch(error => outOfReach(error, ref))
        if (!('lines' in seen)) return { done: false, word: seen.word }
        const { how, problem, lines } = seen
        return { done: true, how, problem, results: read(lines, signal) } satisfies BatchState
      }, signal),
  }
}

/** It belongs to somebody else now, or is not there. */
function outOfReach(error: unknown, ref: string): Ended<never> {
  if (!isGone(error) && statusOf(error) !== 403) throw error
  return { how: 'lost', lines: nothing(), problem: `batch ${ref} cannot be asked after (${statusOf(error)})` }
}

export async function* nothing(): AsyncGenerator<never> {}

const statusOf = (error: unknown): unknown => Reflect.get(Object(error), 'status')

/** What was there once, or will be in a moment. */
export const isGone = (error: unknown): boolean => [404, 410].includes(Number(statusOf(error)))

/** Some servers have no list of what was handed in. */
export const isNoList = (error: unknown): boolean => [404, 405, 501].includes(Number(statusOf(error)))

/** A list that goes round, or has no end, is left. */
export async function* withoutRepeats<Each extends { id: string }>(
  list: AsyncIterable<Each>,
): AsyncGenerator<Each> {
  const seen = new Set<string>()
  for await (const each of list) {
    if (seen.has(each.id) || seen.size >= longestList) return
    seen.add(each.id)
    yield each
  }
}
const longestList = 10_000

function resultOf<Raw>(
  line: BatchLine<Raw>,
  wire: Pick<BatchWire<never, never, Raw>, 'reply' | 'refusal'>,
): BatchResult {
  const { id } = line
  if ('message' in line) return line
  if ('error' in line) return refusedResult(id, wire.refusal(line.error, line.status))
  try {
    return { id, reply: wire.reply(line.raw, id) }
  } catch (error) {
    if (error instanceof TeacherError) return refusedResult(id, error)
    throw error
  }
}

/** As the same error is taken online. */
function refusedResult(id: string, { message, stop, transient, fatal, doubtful }: TeacherError): BatchResult {
  if (stop) return { id, reply: refusedReply(message, stop) }
  return { id, message, again: transient, fatal: fatal && !doubtful }
}
