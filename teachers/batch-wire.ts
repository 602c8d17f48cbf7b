import Type, { type Static } from 'typebox'
import { closed, count } from '../schemas/options.ts'
import type { Reply } from '../schemas/trajectory.ts'
import { type accustomed, type Habits, refusalIn } from './habits.ts'
import { type Patience, patiently, piecesPatiently, unhurried } from './patience.ts'
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
interface BatchWire<Client extends object, Body, Raw> {
  /** The teacher's. */
  name: string
  patience: Patience
  client(): Client
  write(request: TeacherRequest): (habits: Habits) => Promise<Body>
  habits: ReturnType<ReturnType<typeof accustomed>['later']>
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

/** How each request to a provider is made: once, without limits that nobody chose, and until the signal. */
export type BatchCall = ReturnType<typeof unhurried> & { signal: AbortSignal }

/** A provider's batches. It throws what the package throws. */
export interface BatchService<Client, Body, Raw> {
  submit(client: Client, name: string, lines: { id: string; body: Body }[], call: BatchCall): Promise<string>
  find(client: Client, name: string, ids: readonly string[], call: BatchCall): Promise<string | undefined>
  poll(client: Client, ref: string, call: BatchCall): Promise<Ended<Raw> | Going>
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
export function batching<Client extends object, Body, Raw>(
  wire: BatchWire<Client, Body, Raw>,
  service: BatchService<Client, Body, Raw>,
  { requests = 1000, bytes = 50_000_000, pollSeconds = 30 }: BatchOptions = {},
): Batching {
  const { name, patience } = wire
  const fail = (error: unknown, signal: AbortSignal) => {
    signal.throwIfAborted()
    return error instanceof TeacherError ? error : wire.problem(error)
  }

  /** Ask the provider, and give it up where it is silent; `cut` ends what is still open after that. */
  async function asked<T>(
    ask: (client: Client, call: BatchCall) => Promise<T>,
    signal: AbortSignal,
    cut = new AbortController(),
  ): Promise<T> {
    const client = wire.client()
    try {
      return await patiently(patience, { name, signal }, ({ signal }) => {
        signal.addEventListener('abort', () => cut.abort(signal.reason))
        return ask(client, { ...unhurried(client), signal: cut.signal })
      })
    } catch (error) {
      throw fail(error, signal)
    }
  }

  async function* read(lines: AsyncIterable<BatchLine<Raw>>, signal: AbortSignal, cut: AbortController) {
    try {
      for await (const line of piecesPatiently(patience, { name, signal }, { pieces: lines, cut }))
        yield resultOf(line, wire)
    } catch (error) {
      throw fail(error, signal)
    }
  }

  return {
    limits: { requests, bytes },
    pollEvery: pollSeconds * 1000,
    submit: (name, items, signal) =>
      asked(async (client, call) => {
        const lines = []
        for (const { id, request } of items)
          lines.push({ id, body: await wire.habits.put(id, wire.write(request)) })
        return service.submit(client, name, lines, call)
      }, signal),
    rephrases: (id, refused, request) => wire.habits.learns(id, refused, wire.write(request)),
    find: (name, ids, signal) => asked((client, call) => service.find(client, name, ids, call), signal),
    async poll(ref, signal): Promise<BatchState> {
      const cut = new AbortController()
      const look = (client: Client, call: BatchCall) =>
        service.poll(client, ref, call).catch(error => outOfReach(error, ref))
      const seen = await asked(look, signal, cut)
      if (!('lines' in seen)) return { done: false, word: seen.word }
      const { how, problem, lines } = seen
      return { done: true, how, problem, results: read(lines, signal, cut) }
    },
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
  wire: Pick<BatchWire<never, never, Raw>, 'reply' | 'refusal' | 'habits'>,
): BatchResult {
  const { id } = line
  if ('message' in line) return line
  if ('error' in line) return refusedResult(id, wire.refusal(line.error, line.status), line.error)
  try {
    const reply = wire.reply(line.raw, id)
    wire.habits.taken(id)
    return { id, reply }
  } catch (error) {
    if (error instanceof TeacherError) return refusedResult(id, error)
    throw error
  }
}

/** As the same error is taken online; `body` is what the server sent in place of a reply. */
function refusedResult(id: string, error: TeacherError, body?: unknown): BatchResult {
  const { message, stop, transient, fatal, doubtful } = error
  if (stop) return { id, reply: refusedReply(message, stop) }
  const refused = transient ? undefined : refusalIn(body, error)?.slice(0, longestRefusal)
  return { id, message, again: transient, fatal: fatal && !doubtful, ...(refused && { refused }) }
}

/** Characters of a refusal: some servers send the whole request back. */
const longestRefusal = 4000
