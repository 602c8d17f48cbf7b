import { setTimeout as sleep } from 'node:timers/promises'
import type { Limiter } from '../../store/limiter.ts'
import { type Teacher, TeacherError } from '../../teachers/teacher.ts'
import { type Ask, askDirectly } from './ask.ts'
import { type Endpoint, openEndpoint } from './endpoint.ts'

export interface AdmissionOptions {
  /** Keeps the rates that teachers name; without one only `concurrency` is kept. */
  limiter?: Limiter | undefined
  /** Told, in one line, when a teacher goes on with a key or an address less. */
  warn?: (message: string) => void
  /** Milliseconds before the second try; doubled for each after it. */
  backoff?: number
}

/** Tries of one call: where something broke, and where there was too much to do. The latter are minutes apart in the end. */
export const most = { broken: 5, refused: 20 }
/** A provider that asks for more than this is not waited for. */
export const longestWait = 15 * 60_000

/**
 * Ask when the teacher's limits allow it, where there is least to do, and again when it makes sense. Every try waits for its
 * turn anew, so no retry goes round the limits. What waits is the caller's: nothing is queued that nobody awaits.
 */
export function admitted(
  { limiter, warn = () => {}, backoff = 500 }: AdmissionOptions,
  next: Ask = askDirectly,
): Ask {
  const known = new Map<Teacher, Endpoint[]>()

  function endpointsOf(teacher: Teacher): Endpoint[] {
    const found = known.get(teacher)
    if (found) return found
    const opened = (teacher.endpoints ?? [teacher]).map(each => openEndpoint(each, limiter, next))
    known.set(teacher, opened)
    return opened
  }

  /** Go on without an endpoint, if there is another one. */
  function drop(endpoints: Endpoint[], endpoint: Endpoint, error: TeacherError) {
    const left = endpoints.filter(each => each !== endpoint)
    if (left.length === 0) throw error
    if (left.length < endpoints.length)
      warn(`${error.message}; going on with ${left.length} of ${endpoints.length}`)
    endpoint.dropped = error
    endpoints.splice(0, endpoints.length, ...left)
  }

  return async (teacher, request, signal) => {
    const endpoints = endpointsOf(teacher)
    let tries = { broken: 0, refused: 0 }
    for (let last: Endpoint | undefined; ; ) {
      const endpoint = leastLoaded(endpoints, last)
      try {
        return await endpoint.ask(request, last !== undefined, signal)
      } catch (thrown) {
        const error = failureOf(thrown)
        const kind = error.overloaded ? 'refused' : 'broken'
        if (error.transient && ++tries[kind] < most[kind]) {
          if (kind === 'broken') await wait(backoff * 2 ** (tries.broken - 1), error, endpoint, signal)
        } else if (error.fatal) {
          drop(endpoints, endpoint, error)
          tries = { broken: 0, refused: 0 }
        } else throw error
        last = endpoint
      }
    }
  }
}

const leastLoaded = (endpoints: readonly Endpoint[], last: Endpoint | undefined): Endpoint =>
  endpoints.reduce((best, each) => (before(each, best, last) ? each : best))

/** One that can be asked now comes first, then another than the one that just failed, then the one with least to do. */
const before = (a: Endpoint, b: Endpoint, last: Endpoint | undefined) =>
  (Number(a.gate.paused) - Number(b.gate.paused) ||
    Number(a === last) - Number(b === last) ||
    a.gate.load - b.gate.load) < 0

/** What the next try is decided by; throws what is no fault of the provider. */
function failureOf(thrown: unknown): TeacherError {
  if (!(thrown instanceof TeacherError)) throw thrown
  const { message, retryAfterMs = 0 } = thrown
  if (retryAfterMs <= longestWait) return thrown
  const asked = `${message} (it asks to wait ${Math.ceil(retryAfterMs / 60_000)} minutes; run the same command again then)`
  return new TeacherError(asked, { fatal: true, cause: thrown })
}

/** Somewhat more or less than planned, so that calls that failed together are not tried together. */
async function wait(
  planned: number,
  { fatal, retryAfterMs = 0 }: TeacherError,
  { gate }: Endpoint,
  signal: AbortSignal,
) {
  const time = retryAfterMs + planned * (0.5 + Math.random())
  // Nobody is there: nobody else need try.
  if (fatal) return gate.pause(time)
  await sleep(time, undefined, { signal }).catch(() => signal.throwIfAborted())
}
