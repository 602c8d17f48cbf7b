import { setTimeout as sleep } from 'node:timers/promises'
import { hashOf } from '../../schemas/hash.ts'
import type { Limiter } from '../../store/limiter.ts'
import { type Service, ServiceError } from '../../tools/service.ts'
import { longestWait, most } from './admission.ts'
import { type Gate, gate } from './call-queue.ts'
import { steady } from './endpoint.ts'
import type { AskService } from './services.ts'

export interface ServiceAdmissionOptions {
  /** Keeps the rates that services name; without one only `concurrency` is kept. */
  limiter?: Limiter | undefined
  /** Milliseconds before the second try; doubled for each after it. */
  backoff?: number
}

/**
 * Ask a service when its limits allow it, and again when it makes sense: what broke after a while, what was refused when the
 * service says. Every try waits for its turn anew. Services of one account share the limits of the one that is asked first.
 */
export function admittedService(
  { limiter, backoff = 500 }: ServiceAdmissionOptions,
  next: AskService,
): AskService {
  const gates = new Map<string, Gate>()

  function gateOf(service: Service): Gate {
    const account = accountOf(service)
    const found = gates.get(account) ?? gateFor(service, account, limiter)
    gates.set(account, found)
    return found
  }

  return async (service, call, signal) => {
    const turns = gateOf(service)
    const tries = { broken: 0, refused: 0 }
    for (let again = false; ; again = true) {
      try {
        return await inTurn(turns, again, () => next(service, call, signal), signal)
      } catch (error) {
        const kind = faultOf(error)
        if (!kind || ++tries[kind] >= most[kind]) throw error
        if (kind === 'broken') await pause(backoff * 2 ** (tries.broken - 1), signal)
      }
    }
  }
}

async function inTurn<T>(turns: Gate, again: boolean, call: () => Promise<T>, signal: AbortSignal) {
  await turns.enter(1, again, signal)
  const began = performance.now()
  try {
    const answer = await call()
    turns.succeeded(performance.now() - began)
    return answer
  } catch (error) {
    if (faultOf(error) === 'refused') turns.refused(began, (error as ServiceError).retryAfterMs)
    throw error
  } finally {
    turns.leave()
  }
}

/** What the next try is decided by; undefined where there is none. */
function faultOf(error: unknown): 'broken' | 'refused' | undefined {
  if (!(error instanceof ServiceError) || !error.transient) return undefined
  if (error.retryAfterMs === undefined) return 'broken'
  return error.retryAfterMs <= longestWait ? 'refused' : undefined
}

/** Somewhat more or less than planned, so that calls that failed together are not tried together. */
const pause = (planned: number, signal: AbortSignal) =>
  sleep(planned * (0.5 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted())

function gateFor({ limits = {} }: Service, account: string, limiter: Limiter | undefined): Gate {
  const { requestsPerMinute, concurrency = Number.POSITIVE_INFINITY } = limits
  if (!limiter || requestsPerMinute === undefined) return gate(concurrency, () => 0)
  const rate = steady(requestsPerMinute)
  return gate(concurrency, requests => limiter.reserve(`service/${account}/requests`, requests, rate))
}

const accountOf = ({ name, options, limits }: Service) => limits?.account ?? hashOf([name, options])
