import { randomUUID } from 'node:crypto'
import { refuses } from '../../schemas/refusing-status.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import type { Store } from '../../store/store.ts'
import { type Prices, priceOf, usdOf } from '../../teachers/prices.ts'

/** A call of a model. Without `usage` its use is not known; it may have been charged all the same. */
export interface ModelCall {
  teacher: string
  model: string
  /** Images sent. */
  images: number
  /** The most it can cost, in USD; null where that was not asked. */
  worst: number | null
  /** It was asked in a batch, which costs half. */
  batch?: true
  usage?: Usage
}

/** A call of a service. */
export interface ServiceCall {
  service: string
  /** What it cost, in USD, or can have cost where it has not `ended`; null where the service has no price. */
  usd: number | null
  ended?: true
}

/** A call that was made. */
export type CallRecord = ModelCall | ServiceCall

/** What is put down of a call when it is over. */
export type CallEnd =
  | Required<Pick<ModelCall, 'usage' | 'images'>>
  | Required<Pick<ServiceCall, 'usd' | 'ended'>>

/** Write down that a call is about to be made. Durable when it resolves. */
export async function beginCall(store: Store, call: CallRecord, id: string = randomUUID()): Promise<string> {
  await store.put('calls', `${id}/1`, call)
  return id
}

/** Write down a call that is over. What has the same name is the same call. */
export const noteCall = (store: Store, name: string, call: CallRecord) =>
  store.put('calls', `${name}/1`, call)

/** Write down what a call used, or cost. */
export const endCall = (store: Store, id: string, end: CallEnd) => store.put('calls', `${id}/2`, end)

/** Every call that was ever made for this run: also those whose reply was lost or is not used any more. */
export async function* calls(store: Store): AsyncGenerator<CallRecord> {
  for await (const { call } of namedCalls(store)) yield call
}

/** The same with their ids. */
export async function* namedCalls(store: Store): AsyncGenerator<{ id: string; call: CallRecord }> {
  let open: { id: string; call: CallRecord } | undefined
  for await (const { key, value } of store.scan<object>('calls')) {
    const [id = ''] = key.split('/')
    if (open && open.id !== id) yield open
    const known = open?.id === id ? open.call : {}
    open = { id, call: { ...known, ...value } as CallRecord }
  }
  if (open) yield open
}

/** Whether it is known what a call used. */
export const hasEnded = (call: CallRecord): boolean =>
  'service' in call ? call.ended === true : call.usage !== undefined

/** What is put down of a call that was not made after all. */
export const notMade = (call: CallRecord): CallEnd =>
  'service' in call
    ? { usd: 0, ended: true }
    : { usage: { input: 0, output: 0, cached: 0, reasoning: 0 }, images: 0 }

/** What a call cost in USD: the worst where its use is not known; null where there is no price. */
export function costOf(call: CallRecord, prices: Prices): number | null {
  if ('service' in call) return call.usd
  const { model, usage, images, worst, batch } = call
  const price = priceOf(prices, model)
  if (usage && batch && !price) return null
  return usage && price ? usdOf({ usage, images }, price) * (batch ? 0.5 : 1) : worst
}

const notSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

/**
 * A server that answered with an error, or was never reached, charges nothing. A broken or late answer may be charged.
 */
export function wasRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { status, code } = error as { status?: unknown; code?: unknown }
  if (status !== undefined) return refuses(status)
  return notSent.includes(String(code)) || wasRefused(error.cause)
}

/** A write in one commit with the reply, which is waited for instead. If it is lost, the worst case stays counted. */
export const alongside = (write: Promise<unknown>) => void write.catch(() => {})
