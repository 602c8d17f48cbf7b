import type { Store } from '../store/store.ts'

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
