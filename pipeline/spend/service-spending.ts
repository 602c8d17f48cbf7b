import type { Store } from '../../store/store.ts'
import type { Service } from '../../tools/service.ts'
import type { AskService } from '../ask/services.ts'
import { ConfigError, type Settings, servicesOf } from '../config.ts'
import { alongside, begin, type ServiceCall, settle, wasRefused } from './ledger.ts'
import type { Purse } from './purse.ts'

interface Account {
  store: Store
  purse: Purse
}

/** Makes calls of services and keeps account of them; where money is `limited`, only those it has room for. */
export function payer({ limited, ...account }: Account & { limited: boolean }): AskService {
  const free = counted(account)
  const paid = limited ? budgeted(account) : free
  return (service, call, signal) => (service.usdPerCall === 0 ? free : paid)(service, call, signal)
}

/** Nothing is reserved: what a call cost, or may have cost where it broke off, is written down when it is over. */
function counted({ store, purse }: Account): AskService {
  function note(call: ServiceCall) {
    if (call.usd) purse.settle(0, call.usd)
    alongside(begin(store, call))
  }
  return async ({ name, usdPerCall = null }, call, signal) => {
    try {
      const answer = await call(signal)
      note({ service: name, usd: usdPerCall, ended: true })
      return answer
    } catch (error) {
      note(wasRefused(error) ? { service: name, usd: 0, ended: true } : { service: name, usd: usdPerCall })
      throw error
    }
  }
}

/** The price is put down before the call is made: what a killed process had begun stays counted. */
function budgeted({ store, purse }: Account): AskService {
  return async (service, call, signal) => {
    const usd = priceOf(service)
    await purse.reserve(usd, signal)
    let cost = usd
    try {
      const id = await begin(store, { service: service.name, usd })
      const end = (paid: number) => {
        cost = paid
        alongside(settle(store, id, { usd: paid, ended: true }))
      }
      try {
        const answer = await call(signal)
        end(usd)
        return answer
      } catch (error) {
        if (wasRefused(error)) end(0)
        throw error
      }
    } finally {
      purse.settle(usd, cost)
    }
  }
}

function priceOf({ name, usdPerCall }: Service): number {
  if (usdPerCall !== undefined) return usdPerCall
  throw new ConfigError(`limits.budgetUsd: ${name} has no price; give its usdPerCall, 0 where it is free`)
}

/** Throws ConfigError for a service that no budget can hold back. */
export const refuseUnpriced = (config: Pick<Settings, 'tools'>): void => void servicesOf(config).map(priceOf)

export const unpricedServices = (config: Pick<Settings, 'tools'>): string[] =>
  servicesOf(config).flatMap(({ name, usdPerCall }) => (usdPerCall === undefined ? [name] : []))
