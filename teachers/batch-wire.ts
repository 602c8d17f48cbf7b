import Type, { type Static } from 'typebox'
import { closed, count } from '../schemas/options.ts'
import type { Reply } from '../schemas/trajectory.ts'
import { type Batching, type BatchResult, TeacherError, type TeacherRequest } from './teacher.ts'

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
  /** What the package throws, as a TeacherError. */
  problem(error: unknown): TeacherError
}

/** One request's result: an answer of the wire, or why there is none. */
export type BatchLine<Raw> = { id: string; raw: Raw } | { id: string; message: string; again: boolean }

/** A provider's batches. It throws what the package throws. */
export interface BatchService<Client, Body, Raw> {
  submit(
    client: Client,
    name: string,
    lines: { id: string; body: Body }[],
    signal: AbortSignal,
  ): Promise<string>
  find(client: Client, name: string, ids: readonly string[], signal: AbortSignal): Promise<string | undefined>
  poll(client: Client, ref: string, signal: AbortSignal): Promise<Ended<Raw> | undefined>
}

interface Ended<Raw> {
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
      for await (const line of lines) yield 'raw' in line ? resultOf(line, wire) : line
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
        const ended = await service.poll(wire.client(), ref, signal)
        if (!ended) return { done: false }
        return { done: true, results: read(ended.lines, signal), problem: ended.problem }
      }, signal),
  }
}

function resultOf<Raw>(
  { id, raw }: { id: string; raw: Raw },
  wire: Pick<BatchWire<never, never, Raw>, 'reply'>,
): BatchResult {
  try {
    return { id, reply: wire.reply(raw, id) }
  } catch (error) {
    if (error instanceof TeacherError) return { id, message: error.message, again: true }
    throw error
  }
}

/** Whether a request that was answered with this status may fare better another time. */
export const mayPass = (status: number): boolean =>
  status < 400 || status === 408 || status === 409 || status === 429 || status >= 500
