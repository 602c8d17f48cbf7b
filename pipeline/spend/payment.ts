import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { ConfigError } from '../config.ts'
import { alongside, begin, type Call, costOf, type End, settle, wasRefused } from './ledger.ts'
import type { Purse } from './purse.ts'

/** What a call is put down as. */
export interface Bill<Answer> {
  call: Call
  /** USD that it can cost at most; null where there is no price. */
  worst: number | null
  /** What it used; undefined where the answer does not say. */
  used(answer: Answer): End | undefined
  /** What is put down where the call was refused. */
  refused: End
  /** It costs the same whatever comes back, so one that failed is put down also where money is not limited. */
  flat: boolean
}

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
}

/** Makes calls and keeps account of them; where money is `limited`, only those it has room for. */
export function payer({ limited, ...account }: Account & { limited: boolean }): Pay {
  const unlimited = counted(account)
  const held = limited ? budgeted(account) : unlimited
  return (bill, make, signal) => (bill.worst === 0 ? unlimited : held)(bill, make, signal)
}

/** Nothing is reserved: what a call used is put down when it is over. */
function counted({ store, prices, purse }: Account): Pay {
  function note(call: Call) {
    purse.spend(costOf(call, prices) ?? 0)
    alongside(begin(store, call))
  }
  return async ({ call, used, refused, flat }, make) => {
    const answer = await make().catch(error => {
      if (flat) note(wasRefused(error) ? ended(call, refused) : call)
      throw error
    })
    note(ended(call, used(answer)))
    return answer
  }
}

/**
 * The worst case is durable before the call is made and what it used after: what a killed process had begun, or what broke
 * off, stays counted as the worst, because it may have been charged.
 */
function budgeted({ store, prices, purse }: Account): Pay {
  return async ({ call, worst, used, refused }, make, signal) => {
    if (worst === null) throw new ConfigError(`limits.budgetUsd: ${noPrice(call)}`)
    await purse.reserve(worst, signal)
    let cost = worst
    try {
      const id = await begin(store, call)
      const note = (end: End) => {
        cost = costOf(ended(call, end), prices) ?? worst
        alongside(settle(store, id, end))
      }
      const answer = await make().catch(error => {
        if (wasRefused(error)) note(refused)
        throw error
      })
      const end = used(answer)
      if (end) note(end)
      return answer
    } finally {
      purse.settle(worst, cost)
    }
  }
}

const ended = (call: Call, end: End | undefined): Call => ({ ...call, ...end }) as Call

/** Why a budget cannot hold calls back, and what to do. */
export const noPrice = (call: { service: string } | { model: string }): string =>
  'service' in call
    ? `${call.service} has no price; give its usdPerCall, 0 where it is free`
    : `the model ${call.model} has no price; name it in a price file of your own (\`prices\`, like teachers/prices.json)`
