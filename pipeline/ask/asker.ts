import type { Limiter } from '../../store/limiter.ts'
import type { Store } from '../../store/store.ts'
import type { Asker } from '../ask.ts'
import type { Listener } from '../progress.ts'
import { freely, type Pay } from '../spend/payment.ts'
import { type Clock, realClock } from './clock.ts'
import type { Adapter, Inquiry } from './inquiry.ts'
import { singleFlight } from './single-flight.ts'
import { telling } from './telling.ts'
import { openLines, type WaitingLine } from './waiting-lines.ts'

/** What stands between a question and whoever is asked. */
export interface Means {
  pay?: Pay
  /** Keeps the rates that are named; without one only `concurrency` is kept. */
  limiter?: Limiter | undefined
  /** Told, in one line, when it goes on with a key or an address less. */
  warn?: (message: string) => void
  /** Told of every call, and why one is made again. */
  listen?: Listener
  /** Milliseconds before the second try of what broke; doubled for each after it. */
  backoff?: number
  /** The real one if none is given. */
  clock?: Clock | undefined
}

/**
 * The one way to ask. Callers that ask the same at the same time share one call. A stored answer is not asked for
 * again. Any other question is tried, and the answer is durable before anyone sees it. A failure is not stored.
 * `around` stands between the store and the tries, so it can let a question wait.
 */
export function asker<Who, Query, Answer>(
  { table, keyOf, inquiryOf }: Adapter<Who, Query, Answer>,
  store: Store,
  means: Means,
  around: (next: Asker<Who, Query, Answer>) => Asker<Who, Query, Answer> = next => next,
): Asker<Who, Query, Answer> {
  const once = singleFlight<Answer>()
  const answered = tries(means)
  const ask = around((who, query, signal) => answered(inquiryOf(who, query), signal))
  return (who, query, signal) => {
    const key = keyOf(who, query)
    const stored = async (shared: AbortSignal) =>
      (await store.get<Answer>(table, key)) ?? store.put(table, key, await ask(who, query, shared))
    return once(key, stored, signal)
  }
}

/**
 * Tries of one question: where something broke, and where there was too much to do. The latter are minutes apart in the
 * end.
 */
const most = { broken: 5, refused: 20 }

/**
 * Ask the place that has least to do, until there is an answer or no other try makes sense. Each try waits for its turn
 * and is paid for anew, so none goes round the limits or the budget. Waiting is up to the caller: nothing is queued
 * that nobody awaits.
 */
export function tries({ limiter, backoff = 500, clock = realClock, ...means }: Means) {
  const { pay = freely, warn = () => {}, listen = () => {} } = means
  const lineOf = openLines(limiter, clock)
  const told = telling(listen)

  return async <Answer>(inquiry: Inquiry<Answer>, signal: AbortSignal): Promise<Answer> => {
    const { bill, faultOf } = inquiry
    const endpoints = inquiry.endpoints.map(endpoint => ({
      line: lineOf(endpoint),
      call: () => pay(bill, () => told(inquiry, () => endpoint.call(signal)), signal),
    }))
    let count = { broken: 0, refused: 0 }
    for (let last: WaitingLine | undefined; ; ) {
      const { line, call } = leastLoaded(inUse(endpoints), last)
      try {
        return await line.ask(inquiry, call, last !== undefined, signal)
      } catch (thrown) {
        const fault = faultOf(thrown)
        if (!fault) throw thrown
        const { kind, fatal, error } = fault
        if (kind !== 'lasting' && ++count[kind] < most[kind]) {
          listen({ kind: 'again', why: error.message, number: count[kind] + 1, most: most[kind] })
          const time = fault.wait + about(backoff * 2 ** (count.broken - 1))
          // Where nobody is there, nobody else need try.
          if (kind === 'broken') await (fatal ? line.queue.pause(time) : clock.sleep(time, signal))
        } else if (fatal) {
          drop(line, endpoints, error, warn)
          count = { broken: 0, refused: 0 }
        } else throw error
        last = line
      }
    }
  }
}

interface OpenEndpoint {
  line: WaitingLine
}

const inUse = <Each extends OpenEndpoint>(endpoints: readonly Each[]) =>
  endpoints.filter(({ line }) => !line.dropped)

const leastLoaded = <Each extends OpenEndpoint>(endpoints: readonly Each[], last: WaitingLine | undefined) =>
  endpoints.reduce((best, each) => (before(each.line, best.line, last) ? each : best))

/** One that can be asked now comes first, then another than the one that just failed, then the one with least to do. */
const before = (a: WaitingLine, b: WaitingLine, last: WaitingLine | undefined) =>
  (Number(a.queue.paused) - Number(b.queue.paused) ||
    Number(a === last) - Number(b === last) ||
    a.queue.load - b.queue.load) < 0

/** Go on without an endpoint, if there is another one. */
function drop(
  line: WaitingLine,
  endpoints: readonly OpenEndpoint[],
  error: Error,
  warn: (message: string) => void,
) {
  const used = inUse(endpoints)
  if (!used.some(each => each.line === line)) return
  if (used.length === 1) throw error
  warn(`${error.message}; going on with ${used.length - 1} of ${used.length}`)
  line.dropped = error
}

/** Somewhat more or less than planned, so that calls that failed together are not tried together. */
const about = (planned: number) => planned * (0.5 + Math.random())
