import Type, { type Static } from 'typebox'
import { lazyValidator } from '../schemas/validate.ts'
import type { Store } from '../store/store.ts'
import { keepAnswerers } from './ask/answerers.ts'
import { ConfigError } from './errors.ts'
import type { Listener } from './progress.ts'

type Event = 'begun' | 'done'

const eventKey = (generation: number, event: Event) => `${String(generation).padStart(4, '0')}/${event}`

/**
 * How often everything was asked anew: 0 for what was asked first. Replies, rollouts and facts of each generation have
 * keys of their own, so nothing stored is ever changed and a refresh that was killed goes on like any run.
 */
export const generationOf = async (store: Store): Promise<number> => (await newest(store)).generation

/** Begin to ask everything anew; a refresh that was begun and is not done is gone on with instead. */
export async function beginRefresh(store: Store): Promise<void> {
  const { generation, done } = await newest(store)
  const nothingAsked = (await store.count('replies')) === 0
  if (nothingAsked || (generation > 0 && !done)) return
  await keepAnswerers(store, generation + 1)
  await store.put('refreshes', eventKey(generation + 1, 'begun'), true)
}

/** Whether everything is being asked anew: a refresh was begun and is not done. */
export async function isRefreshing(store: Store): Promise<boolean> {
  const { generation, done } = await newest(store)
  return generation > 0 && !done
}

/** All of the newest generation was asked: the next refresh is another one. */
export const endRefresh = async (store: Store): Promise<void> =>
  void (await store.put('refreshes', eventKey(await generationOf(store), 'done'), true))

async function newest(store: Store): Promise<{ generation: number; done: boolean }> {
  let found = { generation: 0, done: false }
  for await (const { key } of store.scan('refreshes')) {
    const [number = '', event] = key.split('/')
    found = { generation: Number(number), done: event === 'done' }
  }
  return found
}

/** A time of a run that is done again and again, such as a day. */
const Slot = Type.Object({
  slot: Type.String(),
  /** What was asked in it, and whether it was to ask everything anew. */
  generation: Type.Integer(),
  refresh: Type.Boolean(),
})
export type Slot = Static<typeof Slot>

const asSlot = lazyValidator(Slot)

interface Time {
  refresh?: boolean | undefined
  slot?: string | undefined
}

/**
 * Begin a time of a run. A slot begins one refresh at most, however often it is run, and goes on with what an earlier
 * one had not finished: nothing that was paid is asked again. Throws ConfigError where a later slot was begun.
 */
export async function beginTime(store: Store, { refresh = false, slot }: Time, listen: Listener) {
  if (slot === undefined) return refresh ? beginRefresh(store) : undefined
  const last = await newestSlot(store)
  if (last && inOrder.compare(slot, last.slot) < 0)
    throw new ConfigError(
      `--slot ${slot}: the later slot ${last.slot} was begun already; give that one, or one after it`,
    )
  const same = last?.slot === slot
  if (same && (last.refresh || !refresh)) return
  if (refresh) await refreshIn(store, last, listen)
  await store.put('slots', slotKey(await store.count('slots')), {
    slot,
    generation: await generationOf(store),
    refresh,
  })
}

async function refreshIn(store: Store, last: Slot | undefined, listen: Listener) {
  if (!last || (await newest(store)).done) return beginRefresh(store)
  const message = `slot ${last.slot} was not finished; going on with what it asked`
  listen({ kind: 'note', message })
}

/** The slot that was begun last. */
export async function newestSlot(store: Store): Promise<Slot | undefined> {
  const count = await store.count('slots')
  const found = count > 0 ? asSlot(await store.get('slots', slotKey(count - 1))) : undefined
  return found?.ok ? found.value : undefined
}

const slotKey = (index: number) => String(index).padStart(6, '0')

/** 9 comes before 10, and 2026-11-30 before 2026-12-01. */
const inOrder = new Intl.Collator('en', { numeric: true })
