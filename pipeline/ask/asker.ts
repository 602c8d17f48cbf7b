import { randomUUID } from 'node:crypto'
import type { Limiter } from '../../store/limiter.ts'
import type { Store } from '../../store/store.ts'
import type { Asker } from '../ask.ts'
import type { Listener } from '../progress.ts'
import { freely, type Pay } from '../spend/payment.ts'
import type { CallFault } from './call-fault.ts'
import { type Clock, realClock } from './clock.ts'
import type { Adapter, Endpoint, Inquiry } from './inquiry.ts'
import { oncePerKind } from './kinds-of-fault.ts'
import { refusedAgain } from './refusals.ts'
import { singleFlight } from './single-flight.ts'
import { openStanding, type Standing } from './standing.ts'
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
  /** Whether nobody answered in this run yet. */
  fresh?: boolean
  /** The real one if none is given. */
  clock?: Clock | undefined
}

/**
 * The one way to ask. Callers that ask the same at the same time share one call. A stored answer is not asked for
 * again. Any other question is tried, and the answer is durable before anyone sees it. A failure is not stored.
 * `around` stands between the store and the tries, so it can let a question wait.
 */
export function asker<Who, Query, Answer>(
  { table, keyOf, inquiryOf, notesIn, endOf = () => undefined }: Adapter<Who, Query, Answer>,
  store: Store,
  means: Means,
  around: (next: Asker<Who, Query, Answer>) => Asker<Who, Query, Answer> = next => next,
): Asker<Who, Query, Answer> {
  const once = singleFlight<Answer>()
  const tried = tries(means)
  const helpful = new Set<Who>()
  const met = randomUUID()
  const note = notesIn?.(store)

  /** The answer, or what an error comes to that will always be the same. */
  async function concluded(who: Who, query: Query, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = await tried(inquiryOf(who, query), signal)
      helpful.add(who)
      return answer
    } catch (error) {
      const end = endOf(error)
      const asking = { store, met, answered: helpful.has(who) }
      if (end && (end.sure || (await refusedAgain(end, keyOf(who, query), asking)))) return end.answer
      throw error
    }
  }

  const ask = around(concluded)
  return (who, query, signal) => {
    const key = keyOf(who, query)
    const stored = async (shared: AbortSignal) => {
      const known = await store.get<Answer>(table, key)
      if (known) return known
      await store.room?.()
      const answer = await ask(who, query, shared)
      await note?.(who, answer)
      return store.put(table, key, answer)
    }
    return once(key, stored, signal)
  }
}

/**
 * Tries of one question: where something broke, where there was too much to do, and where the next one goes on with the
 * answer. Those refused are minutes apart in the end.
 */
const most = { broken: 5, refused: 20, paused: 20 }
const untried = () => ({ broken: 0, refused: 0, paused: 0 })

/**
 * Ask the place that has least to do, until there is an answer or no other try makes sense. Each try waits for its turn
 * and is paid for anew, so none goes round the limits or the budget. Waiting is up to the caller: nothing is queued
 * that nobody awaits.
 */
export function tries({ limiter, backoff = 500, clock = realClock, fresh = true, ...means }: Means) {
  const { pay = freely, warn = () => {}, listen = () => {} } = means
  const lineOf = openLines(limiter, clock)
  const standings = new Map<WaitingLine, Standing>()
  const told = telling(listen)
  const warnOnce = oncePerKind(warn)

  function placeOf(endpoint: Endpoint<unknown>): Place {
    const line = lineOf(endpoint)
    const standing = standings.get(line) ?? openStanding(clock, fresh)
    standings.set(line, standing)
    return { line, standing }
  }

  /** Whether the question is to be asked again, when it is time; `count` is what it failed already. */
  async function again(fault: CallFault, { line, standing }: Place, count: Count, signal: AbortSignal) {
    const { kind, fatal, error } = fault
    const absence = standing.absence(fault)
    if (absence !== undefined) {
      warnOnce(`${error.message}; it answered before, so it is waited for, up to 10 minutes`)
      line.queue.pause(about(absence))
      return true
    }
    if (kind === 'lasting' || ++count[kind] >= most[kind]) return false
    const number = count[kind] + 1
    if (kind === 'paused') return true
    listen({ kind: 'again', why: error.message, number, most: most[kind] })
    const time = fault.wait + about(backoff * 2 ** (count.broken - 1))
    // Where nobody is there, nobody else need try.
    if (kind === 'broken') await (fatal ? line.queue.pause(time) : clock.sleep(time, signal))
    return true
  }

  return async <Answer>(inquiry: Inquiry<Answer>, signal: AbortSignal): Promise<Answer> => {
    const { bill, faultOf } = inquiry
    const endpoints = inquiry.endpoints.map(endpoint => ({
      ...placeOf(endpoint),
      call: () => pay(bill, () => told(inquiry, () => endpoint.call(signal)), signal),
    }))
    let count = untried()
    for (let last: WaitingLine | undefined; ; ) {
      const { call, ...place } = leastLoaded(inUse(endpoints), last)
      const { line, standing } = place
      try {
        const answer = await line.ask(inquiry, call, last !== undefined, signal)
        standing.answered()
        return answer
      } catch (thrown) {
        const fault = faultOf(thrown)
        if (!fault) throw thrown
        last = line
        if (line.dropped || (await again(fault, place, count, signal))) continue
        const end = standing.end(fault)
        if (!end && fault.asFatal) warnOnce(fault.error.message)
        if (!end) throw fault.error
        drop(line, endpoints, end, warn)
        count = untried()
      }
    }
  }
}
interface Place {
  line: WaitingLine
  standing: Standing
}

type Count = Record<keyof typeof most, number>

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
