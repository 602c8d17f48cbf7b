import { randomUUID } from 'node:crypto'
import type { ToolKinds } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { type BatchItem, type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { kindsOf } from '../../tools/tool.ts'
import { conclusionOf, replyKeyOf, requestKey } from '../ask/ask-teacher.ts'
import { type Clock, realClock } from '../ask/clock.ts'
import { oncePerKind } from '../ask/kinds-of-fault.ts'
import { refusedAgain } from '../ask/refusals.ts'
import type { Ask, Batches } from '../ask.ts'
import type { Settings } from '../config.ts'
import { Waiting } from '../errors.ts'
import type { Listener } from '../progress.ts'
import { imagesSent } from '../spend/worst-case.ts'
import { batchBook, type RequestFailure } from './batch-book.ts'
import { type Batcher, batchDrafts } from './batch-drafts.ts'
import { openCrowds } from './crowds.ts'
import { settleBatch } from './settle-batch.ts'

type Asking = Pick<Settings, 'teachers' | 'tools'>

interface Options {
  signal: AbortSignal
  clock?: Clock
  listen?: Listener
  /** How often everything was asked anew, which is part of where replies are kept. */
  generation?: number
}

/**
 * The teachers of a run that are asked in batches. No request is handed in while it is in a batch that is not settled.
 * A batch is written down before it is sent and looked for when a process died, or an answer got lost, in between.
 */
export function openBatches(
  { teachers, tools }: Asking,
  store: Store,
  { signal, clock = realClock, listen = () => {}, generation = 0 }: Options,
): Batches {
  const kinds = kindsOf(tools)
  const book = batchBook(store)
  const batchers = teachers.filter(isBatcher)
  const told = oncePerKind(message => listen({ kind: 'warning', message }))
  const crowds = openCrowds(clock, told)
  const drafts = batchDrafts(handIn, crowds.most)
  const settling = {
    book,
    store,
    signal,
    told,
    missed: new Map(),
    clock,
    first: new Map(),
    answered: new Set<string>(),
  }
  const met = randomUUID()
  let meanwhile = 0

  async function look() {
    const counts = { settled: 0, open: 0 }
    for (const teacher of batchers) {
      const batches = await Array.fromAsync(book.open(teacher))
      for (const batch of batches) {
        const seen = await settleBatch(knowing(teacher, kinds), batch, settling)
        if (seen.kind === 'open') counts.open++
        else counts.settled++
        if (seen.kind === 'ended') crowds.passed(teacher)
        if (seen.kind === 'crowded') crowds.met(teacher, seen.why, smaller(batch.ids, batches.length === 1))
      }
    }
    return counts
  }

  /** Wait until a batch may be handed in, and look at the others meanwhile: one that ends makes room. */
  async function room(teacher: Batcher) {
    for (let wait = crowds.wait(teacher); wait > 0; wait = crowds.wait(teacher)) {
      await clock.sleep(Math.min(wait, Math.max(teacher.batch.pollEvery, shortestWait)), signal)
      meanwhile += (await look()).settled
    }
  }

  async function handIn(teacher: Batcher, items: BatchItem[]) {
    await room(teacher)
    const name = randomUUID()
    const ids = items.map(({ id }) => id)
    const images = items.map(({ request }) => imagesSent(request))
    await book.intend(name, teacher, { ids, images, generation })
    try {
      await book.sent(name, await teacher.batch.submit(name, items, signal))
    } catch (error) {
      if (!(error instanceof TeacherError) || error.fatal) throw error
      await notTaken(teacher, { name, ids }, error)
    }
  }

  async function notTaken(
    teacher: Batcher,
    { name, ids }: { name: string; ids: string[] },
    error: TeacherError,
  ) {
    if (error.overloaded) {
      await book.close(name, ids)
      const others = await Array.fromAsync(book.open(teacher))
      return crowds.met(teacher, error.message, smaller(ids, others.length === 0))
    }
    // It may have arrived all the same: the next look finds out.
    await book.failAll(name, ids, error.message)
    if (error.transient) crowds.met(teacher, error.message, ids.length)
  }

  async function next() {
    await drafts.flush()
    const every = Math.min(...batchers.map(({ batch }) => batch.pollEvery))
    for (
      let { settled, open } = await look();
      settled + meanwhile === 0 && open > 0;
      { settled, open } = await look()
    )
      await clock.sleep(every, signal)
    meanwhile = 0
  }

  /** Throws why a request failed, unless it was refused so before: then that is its end, as online. */
  async function concluded(id: string, { message, again, refused, choosy = false }: RequestFailure) {
    const error = new TeacherError(message, { fatal: false, transient: again })
    const end = refused === undefined ? undefined : conclusionOf(error)
    const asking = { store, met, answered: choosy }
    if (end && (await refusedAgain(end, replyKeyOf(id, generation), asking))) return end.answer
    throw error
  }

  const around =
    (next: Ask): Ask =>
    async (teacher, request, signal) => {
      if (!isBatcher(teacher)) return next(teacher, request, signal)
      const id = requestKey(teacher, request)
      if (await book.holds(id)) throw new Waiting(id)
      const problem = await book.givenUp(id)
      const { refused } = problem ?? {}
      const otherwise = refused !== undefined && (await teacher.batch.rephrases?.(id, refused, request))
      if (problem && !otherwise) return concluded(id, problem)
      await drafts.add(teacher, { id, request: { ...request, turns: [...request.turns] } })
      throw new Waiting(id)
    }

  return { book, around, look, next }
}

/** How large the next batch may be after one that was not taken, `alone` where no other took the room. */
const smaller = ({ length }: readonly string[], alone: boolean) => (alone ? Math.ceil(length / 2) : length)

/** Milliseconds between two looks while it waits for room. */
const shortestWait = 5000

const isBatcher = (teacher: Teacher): teacher is Batcher => teacher.batch !== undefined

/** The same one, told what the run's tools are for. */
const knowing = (teacher: Batcher, kinds: ToolKinds): Batcher => ({
  ...teacher,
  batch: { ...teacher.batch, poll: (ref, signal) => teacher.batch.poll(ref, signal, kinds) },
})
