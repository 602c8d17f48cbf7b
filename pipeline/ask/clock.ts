import { setTimeout } from 'node:timers/promises'

/** What asking reads the time from and waits by, so that a test need not wait. All times are milliseconds. */
export interface Clock {
  /** Since some moment. It never goes back, whatever happens to the time of day. */
  now(): number
  /** Rejects with the signal's reason when that is aborted. */
  sleep(time: number, signal: AbortSignal): Promise<void>
}

/** Timers hold no more than that: 24 days. */
const longest = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => performance.now(),
  async sleep(time, signal) {
    try {
      await setTimeout(Math.min(time, longest), undefined, { signal })
    } catch {
      signal.throwIfAborted()
    }
  },
}
