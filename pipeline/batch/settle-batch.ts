import type { Reply } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { type Batching, type BatchState, TeacherError } from '../../teachers/teacher.ts'
import type { BatchBook, OpenBatch } from './batch-book.ts'

/**
 * Look at a batch once; when it has ended, keep its replies where whoever asks finds them and note what failed. False
 * where it is not settled yet.
 */
export async function settleBatch(
  batching: Batching,
  batch: OpenBatch,
  { book, store, signal }: { book: BatchBook; store: Store; signal: AbortSignal },
): Promise<boolean> {
  try {
    const ref = batch.ref ?? (await found(batching, batch, book, signal))
    if (ref === undefined) {
      // It never arrived, so its requests are free to be handed in.
      await book.close(batch.name, batch.ids)
      return true
    }
    const state = await batching.poll(ref, signal)
    if (state.done) await keep(batch, state, book, store)
    return state.done
  } catch (error) {
    // The next look may succeed.
    if (error instanceof TeacherError && !error.fatal) return false
    throw error
  }
}

async function found(batching: Batching, { name, ids }: OpenBatch, book: BatchBook, signal: AbortSignal) {
  const ref = await batching.find(name, ids, signal)
  if (ref !== undefined) await book.arrived(name, ids, ref)
  return ref
}

async function keep(
  { name, ids }: OpenBatch,
  { results, problem }: Extract<BatchState, { done: true }>,
  book: BatchBook,
  store: Store,
): Promise<void> {
  const left = new Set(ids)
  for await (const result of results) {
    if (!left.delete(result.id)) continue
    if ('reply' in result) await store.put<Reply>('replies', result.id, result.reply)
    else await book.fail(name, result.id, { message: result.message, again: result.again })
  }
  await book.failAll(name, [...left], problem)
  await book.close(name, ids)
}
