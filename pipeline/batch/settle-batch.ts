import type { Usage } from '../../schemas/reply-use.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { modelOf } from '../../teachers/prices.ts'
import { type BatchResult, type BatchState, TeacherError } from '../../teachers/teacher.ts'
import { noteAnswerer } from '../ask/answerers.ts'
import { replyKeyOf } from '../ask/ask-teacher.ts'
import type { Clock } from '../ask/clock.ts'
import { type ModelCall, noteCall } from '../spend/ledger.ts'
import type { BatchBook, OpenBatch, RequestFailure } from './batch-book.ts'
import type { Batcher } from './batch-drafts.ts'

/** What came of a look at a batch: it goes on, never arrived, has ended, or was not taken for too much is queued. */
type Seen = { kind: 'open' | 'absent' | 'ended' } | { kind: 'crowded'; why: string }

interface Settling {
  book: BatchBook
  store: Store
  signal: AbortSignal
  /** Told what holds a batch up. */
  told(word: string): void
  /** How often in a row it was not there, by name. */
  missed: Map<string, number>
  clock: Clock
  /** When each was looked at first, by name. */
  first: Map<string, number>
  /** Teachers that answered something in a batch of this process, by name. */
  answered: Set<string>
}

/** A provider may need a moment until it finds what it has just taken, or written. */
const mostMissed = 3

/**
 * Look at a batch once; when it has ended, keep its replies where whoever asks finds them, note what failed, and put
 * down what it used.
 */
export async function settleBatch(teacher: Batcher, batch: OpenBatch, settling: Settling): Promise<Seen> {
  const { book, signal, told } = settling
  try {
    const ref = batch.ref ?? (await found(teacher, batch, settling))
    if (ref === undefined) {
      // It never arrived, so its requests are free to be handed in.
      await book.close(batch.name, batch.ids)
      return { kind: 'absent' }
    }
    const state = await teacher.batch.poll(ref, signal)
    if (state.done) return await ended(teacher, batch, state, settling)
    if (state.word) told(`${teacher.name}: ${state.word}, which is not known; ${again}`)
  } catch (error) {
    // The next look may succeed.
    if (!(error instanceof TeacherError) || error.fatal) throw error
    told(`${error.message}; its batch: ${again}`)
  }
  if (waitedFor(batch, settling) < longest) return { kind: 'open' }
  settling.missed.set(batch.name, mostMissed)
  return ended(teacher, batch, overdue, settling)
}

const hours = 48
/** Milliseconds for which a batch is looked at: providers have 24 hours for one, and some need longer. */
const longest = hours * 3_600_000
const again = `it is looked at again, for ${hours} hours at most`

function waitedFor({ name }: OpenBatch, { clock, first }: Settling): number {
  const began = first.get(name) ?? clock.now()
  first.set(name, began)
  return clock.now() - began
}

async function* noResults(): AsyncGenerator<never> {}
const overdue: Ended = {
  done: true,
  how: 'lost',
  results: noResults(),
  problem: `a batch did not end within ${hours} hours`,
}

async function found({ batch }: Batcher, { name, ids }: OpenBatch, { book, signal }: Settling) {
  const ref = await batch.find(name, ids, signal)
  if (ref !== undefined) await book.arrived(name, ids, ref)
  return ref
}

type Ended = Extract<BatchState, { done: true }>

async function ended(teacher: Batcher, batch: OpenBatch, state: Ended, settling: Settling): Promise<Seen> {
  const { book, told, missed } = settling
  const { name, ids } = batch
  if (state.how === 'crowded') {
    await book.close(name, ids)
    return { kind: 'crowded', why: `${teacher.name}: ${state.problem}` }
  }
  if (state.how === 'lost') {
    const times = (missed.get(name) ?? 0) + 1
    missed.set(name, times)
    if (times < mostMissed) return { kind: 'open' }
    told(`${teacher.name}: ${state.problem}; what has no reply is handed in again, and may be charged twice`)
  }
  const fatal = await keep(teacher, batch, state, settling)
  await book.close(name, ids)
  if (fatal !== undefined) throw new TeacherError(fatal, { fatal: true })
  return { kind: 'ended' }
}

/** Gives what would fail every other request too, if anything. */
async function keep(
  teacher: Batcher,
  batch: OpenBatch,
  { results, problem, how }: Ended,
  { book, store, answered }: Settling,
): Promise<string | undefined> {
  const { name, ids, generation } = batch
  const left = new Set(ids)
  const failures = new Map<string, RequestFailure>()
  let fatal: string | undefined
  for await (const result of results) {
    const { id } = result
    if (!left.delete(id)) continue
    if ('reply' in result) {
      await noteAnswerer(store, { teacher, model: result.reply.model, generation })
      await store.put<Reply>('replies', replyKeyOf(id, generation), result.reply)
      await noteCall(store, `${name}-${id}`, callOf(teacher, batch, result))
      if (!isRefused(result.reply)) answered.add(teacher.name)
    } else {
      const { message, again, refused } = result
      failures.set(id, { message, again: again || result.fatal === true, ...(refused && { refused }) })
      if (result.fatal) fatal = message
    }
  }
  const choosy = answered.has(teacher.name)
  for (const [id, failure] of failures) await book.fail(name, id, { ...failure, choosy })
  await book.failAll(name, [...left], problem)
  for (const id of how === 'lost' ? left : [])
    await noteCall(store, `${name}-${id}`, callOf(teacher, batch, { id }))
  return fatal
}

/** What a request is put down as. Where its answer is lost, or does not count, what it used is not known. */
function callOf(
  teacher: Batcher,
  { ids, images }: OpenBatch,
  result: BatchResult | { id: string },
): ModelCall {
  const usage = 'reply' in result ? countedIn(result.reply) : undefined
  return {
    teacher: teacher.name,
    model: modelOf(teacher),
    images: images[ids.indexOf(result.id)] ?? 0,
    worst: 0,
    batch: true,
    ...(usage && { usage }),
  }
}

const countedIn = (reply: Reply): Usage | undefined =>
  reply.usage.input > 0 || isRefused(reply) ? reply.usage : undefined

const isRefused = ({ raw }: Reply): boolean => raw !== null && typeof raw === 'object' && 'refused' in raw
