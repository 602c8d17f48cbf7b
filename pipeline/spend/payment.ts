import { randomUUID } from 'node:crypto'
import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { ConfigError } from '../errors.ts'
import type { Bill } from './bill.ts'
import {
  alongside,
  beginCall,
  type CallEnd,
  type CallRecord,
  costOf,
  endCall,
  notMade,
  wasRefused,
} from './ledger.ts'
import type { Purse } from './purse.ts'

/** Make a call and put down what it cost. */
export type Pay = <Answer>(
  bill: Bill<Answer>,
  make: () => Promise<Answer>,
  signal: AbortSignal,
) => Promise<Answer>

/** Nobody counts. */
export const freely: Pay = (_bill, make) => make()

interface Account {
  store: Store
  prices: Prices
  purse: Purse
  /** The purse has a bottom: only calls are made that it has room for. */
  limited: boolean
}

/**
 * Makes calls and keeps account of them. With a budget, the worst case is durable before the call is made, and the true
 * use afterwards. A call that a killed process had begun, or that broke off, stays counted at its worst, because it may
 * have been charged. Without a budget nothing is reserved, and a call is put down when it is over.
 */
export function payer({ store, prices, purse, limited }: Account): Pay {
  const costs = (call: CallRecord, end: CallEnd | undefined) =>
    costOf({ ...call, ...end } as CallRecord, prices)

  async function reserve(call: CallRecord, worst: number | null, signal: AbortSignal) {
    if (worst === null) throw new ConfigError(`limits.budgetUsd: ${noPrice(call)}`)
    const id = randomUUID()
    await purse.reserve(worst, signal, id)
    await beginCall(store, call, id).catch(error => {
      purse.settle(worst, worst, id)
      throw error
    })
    await purse.begun?.(worst, signal, id).catch(error => {
      alongside(endCall(store, id, notMade(call)))
      throw error
    })
    return (end: CallEnd | undefined) => {
      purse.settle(worst, end ? (costs(call, end) ?? worst) : worst, id)
      if (end) alongside(endCall(store, id, end))
    }
  }

  const note = (call: CallRecord) => (end: CallEnd | undefined) => {
    purse.spend(costs(call, end) ?? 0)
    alongside(beginCall(store, { ...call, ...end } as CallRecord))
  }

  return async ({ call, worst, used, failed, flat }, make, signal) => {
    const held = limited && worst !== 0
    const end = held ? await reserve(call, worst, signal) : note(call)
    const answer = await make().catch(error => {
      if (held || flat || !wasRefused(error)) end(failed(error))
      throw error
    })
    end(used(answer))
    return answer
  }
}

/** Why a budget cannot hold calls back, and what to do. */
export const noPrice = (call: { service: string } | { model: string }): string =>
  'service' in call
    ? `${call.service} has no price; give its usdPerCall, 0 where it is free`
    : `the model ${call.model} has no price; name it in a price file of your own (\`prices\`, like teachers/prices.json)`
