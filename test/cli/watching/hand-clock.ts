import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../../pipeline/ask/clock.ts'

/** A clock that a test winds: `pass` lets so many seconds go by, and whoever sleeps wakes in time. */
export function handClock(): Clock & { pass(seconds: number): Promise<void> } {
  let time = 0
  const sleepers = new Set<{ until: number; wake(): void }>()
  return {
    now: () => time,
    sleep(ms, signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { until: time + ms, wake: resolve }
      sleepers.add(sleeper)
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      return promise.finally(() => sleepers.delete(sleeper))
    },
    async pass(seconds) {
      for (const end = time + seconds * 1000; time < end; ) {
        time += 1000
        for (const { until, wake } of sleepers) if (until <= time) wake()
        await setImmediate()
      }
    },
  }
}
