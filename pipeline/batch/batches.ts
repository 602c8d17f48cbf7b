import { randomUUID } from 'node:crypto'
import type { ToolKinds } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { type BatchItem, type Batching, type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { kindsOf } from '../../tools/tool.ts'
import { requestKey } from '../ask/ask-teacher.ts'
import { type Clock, realClock } from '../ask/clock.ts'
import type { Ask, Batches } from '../ask.ts'
import type { Settings } from '../config.ts'
import { Waiting } from '../errors.ts'
import { type BatchBook, batchBook } from './batch-book.ts'
import { type Batcher, batchDrafts } from './batch-drafts.ts'
import { settleBatch } from './settle-batch.ts'

type Asking = Pick<Settings, 'teachers' | 'tools'>

/**
 * The teachers of a run that are asked in batches. No request is handed in while it is in a batch that is not settled.
 * A batch is written down before it is sent and looked for when a process died, or an answer got lost, in between.
 */
export function openBatches(
  { teachers, tools }: Asking,
  store: Store,
  signal: AbortSignal,
  clock: Clock = realClock,
): Batches {
  const kinds = kindsOf(tools)
  const book = batchBook(store)
  const batchers = teachers.filter(isBatcher)
  const drafts = batchDrafts((teacher, items) => handIn(teacher, items, book, signal))

  async function look() {
    const counts = { settled: 0, open: 0 }
    for (const teacher of batchers) {
      for await (const batch of book.open(teacher)) {
        if (await settleBatch(told(teacher.batch, kinds), batch, { book, store, signal })) counts.settled++
        else counts.open++
      }
    }
    return counts
  }

  async function next() {
    await drafts.flush()
    const every = Math.min(...batchers.map(({ batch }) => batch.pollEvery))
    for (let { settled, open } = await look(); settled === 0 && open > 0; { settled, open } = await look())
      await clock.sleep(every, signal)
  }

  const around =
    (next: Ask): Ask =>
    async (teacher, request, signal) => {
      if (!isBatcher(teacher)) return next(teacher, request, signal)
      const id = requestKey(teacher, request)
      if (await book.holds(id)) throw new Waiting(id)
      const problem = await book.givenUp(id)
      if (problem !== undefined) throw new TeacherError(problem, { fatal: false })
      await drafts.add(teacher, { id, request: { ...request, turns: [...request.turns] } })
      throw new Waiting(id)
    }

  return { book, around, look, next }
}

const isBatcher = (teacher: Teacher): teacher is Batcher => teacher.batch !== undefined

/** The same provider, told what the run's tools are for. */
const told = (batching: Batching, kinds: ToolKinds): Batching => ({
  ...batching,
  poll: (ref, signal) => batching.poll(ref, signal, kinds),
})

async function handIn(teacher: Batcher, items: BatchItem[], book: BatchBook, signal: AbortSignal) {
  const name = randomUUID()
  const ids = items.map(({ id }) => id)
  await book.intend(name, teacher, ids)
  try {
    await book.sent(name, await teacher.batch.submit(name, items, signal))
  } catch (error) {
    if (!(error instanceof TeacherError) || error.fatal) throw error
    // It may have arrived all the same: the next look finds out.
    await book.failAll(name, ids, error.message)
  }
}
