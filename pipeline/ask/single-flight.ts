interface Flight<T> {
  result: Promise<T>
  waiting: number
  stop: AbortController
}

/** Does the work for a key, or waits for the one that does. Rejects with the signal's reason when that is aborted. */
export type SingleFlight<T> = (
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>

/**
 * Callers that ask for the same at the same time share one piece of work. One of them can leave without the others
 * noticing. When the last one leaves, the work is given up and has ended before that caller goes on, so nothing
 * outlives a run that has ended.
 */
export function singleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController()
    const flight: Flight<T> = { result: work(stop.signal), waiting: 0, stop }
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    flight.result.then(forget, forget)
    stop.signal.addEventListener('abort', forget)
    flights.set(key, flight)
    return flight
  }

  return async (key, work, signal) => {
    signal.throwIfAborted()
    const flight = flights.get(key) ?? start(key, work)
    flight.waiting++
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      const over = flights.get(key) !== flight
      if (--flight.waiting === 0 && !over) {
        flight.stop.abort(signal.reason)
        await flight.result.catch(() => {})
      }
    }
  }
}

function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave)
  return Promise.race([result, promise]).finally(() => signal.removeEventListener('abort', leave))
}
