import type { Usage } from '../../schemas/reply-use.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { modelOf } from '../../teachers/prices.ts'
import { type BatchResult, type BatchState, TeacherError } from '../../teachers/teacher.ts'
import { replyKeyOf } from '../ask/ask-teacher.ts'
import { type ModelCall, noteCall } from '../spend/ledger.ts'
import type { BatchBook, OpenBatch } from './batch-book.ts'
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
    if (state.word) told(`${teacher.name}: ${state.word}, which is not known; it is looked at again`)
    return { kind: 'open' }
  } catch (error) {
    // The next look may succeed.
    if (!(error instanceof TeacherError) || error.fatal) throw error
    told(`${error.message}; its batch is looked at again`)
    return { kind: 'open' }
  }
}

async function found({ batch }: Batcher, { name, ids }: OpenBatch, { book, signal }: Settling) {
  const ref = await batch.find(name, ids, signal)
  if (ref !== undefined) await book.arrived(name, ids, ref)
  return ref
}

type Ended = Extract<BatchState, { done: true }>

async function ended(
  teacher: Batcher,
  batch: OpenBatch,
  state: Ended,
  { book, store, told, missed }: Settling,
): Promise<Seen> {
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
  const fatal = await keep(teacher, batch, state, { book, store })
  await book.close(name, ids)
  if (fatal !== undefined) throw new TeacherError(fatal, { fatal: true })
  return { kind: 'ended' }
}

/** Gives what would fail every other request too, if anything. */
async function keep(
  teacher: Batcher,
  batch: OpenBatch,
  { results, problem, how }: Ended,
  { book, store }: Pick<Settling, 'book' | 'store'>,
): Promise<string | undefined> {
  const { name, ids, generation } = batch
  const left = new Set(ids)
  let fatal: string | undefined
  for await (const result of results) {
    const { id } = result
    if (!left.delete(id)) continue
    if ('reply' in result) {
      await store.put<Reply>('replies', replyKeyOf(id, generation), result.reply)
      await noteCall(store, `${name}-${id}`, callOf(teacher, batch, result))
    } else {
      await book.fail(name, id, { message: result.message, again: result.again || result.fatal === true })
      if (result.fatal) fatal = result.message
    }
  }
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

const countedIn = ({ usage, raw }: Reply): Usage | undefined =>
  usage.input > 0 || (raw !== null && typeof raw === 'object' && 'refused' in raw) ? usage : undefined
