import { randomUUID } from 'node:crypto'
import type { Usage } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { type Prices, priceOf, usdOf } from '../teachers/prices.ts'

/** A call that was made. Without `usage` it is not known what it used: it may have been charged all the same. */
export interface Call {
  teacher: string
  model: string
  /** Images sent. */
  images: number
  /** The most it can cost, in USD; null where that was not asked. */
  worst: number | null
  usage?: Usage
}

/** Write down that a call is about to be made. Durable when it resolves. */
export async function begin(store: Store, call: Call): Promise<string> {
  const id = randomUUID()
  await store.put('calls', `${id}/1`, call)
  return id
}

/** Write down what a call used. */
export const settle = (store: Store, id: string, used: Required<Pick<Call, 'usage' | 'images'>>) =>
  store.put('calls', `${id}/2`, used)

/** Every call that was ever made for this run: also those whose reply was lost or is not used any more. */
export async function* calls(store: Store): AsyncGenerator<Call> {
  let open: { id: string; call: Call } | undefined
  for await (const { key, value } of store.scan<Partial<Call>>('calls')) {
    const [id = ''] = key.split('/')
    if (open && open.id !== id) yield open.call
    const known = open?.id === id ? open.call : {}
    open = { id, call: { ...known, ...value } as Call }
  }
  if (open) yield open.call
}

/** What a call cost in USD: the worst where its use is not known; null where its model has no price. */
export function costOf({ model, usage, images, worst }: Call, prices: Prices): number | null {
  const price = priceOf(prices, model)
  return usage && price ? usdOf({ usage, images }, price) : worst
}
