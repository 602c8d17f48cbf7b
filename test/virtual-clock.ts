import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../pipeline/ask/clock.ts'

interface Sleeper {
  until: number
  wake(): void
}

/**
 * A clock that goes on to the next who wakes as soon as everybody sleeps: hours pass in no time. `quiet` says when
 * that is; beside work outside of this process, such as a server's, it has to wait for that.
 */
export function virtualClock(quiet: () => Promise<unknown> = () => setImmediate()): Clock {
  let time = 0
  let sleepers: Sleeper[] = []
  let going = false

  async function go() {
    if (going) return
    going = true
    for (await quiet(); sleepers.length > 0; await quiet()) {
      const until = Math.min(...sleepers.map(each => each.until))
      time = Math.max(time, until)
      const due = sleepers.filter(each => each.until <= until)
      sleepers = sleepers.filter(each => each.until > until)
      for (const { wake } of due) wake()
    }
    going = false
  }

  return {
    now: () => time,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { until: time + ms, wake: resolve }
      const giveUp = () => {
        sleepers = sleepers.filter(each => each !== sleeper)
        reject(signal.reason)
      }
      if (signal.aborted) return Promise.reject(signal.reason)
      signal.addEventListener('abort', giveUp, { once: true })
      sleepers.push(sleeper)
      void go()
      return promise.finally(() => signal.removeEventListener('abort', giveUp))
    },
  }
}

/**
 * A clock by which nobody waits: who sleeps wakes at once, and so much later it is then. For runs that speak to a real
 * server, whose answers take real time.
 */
export function hastyClock(): Clock {
  let skipped = 0
  return {
    now: () => performance.now() + skipped,
    async sleep(time, signal) {
      skipped += time
      await setImmediate()
      signal.throwIfAborted()
    },
  }
}
