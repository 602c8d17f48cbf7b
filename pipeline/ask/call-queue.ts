import { adaptiveWindow } from './adaptive-window.ts'
import type { Clock } from './clock.ts'

/** Where calls to one endpoint wait for their turn. All times are milliseconds. */
export interface CallQueue {
  /** Calls under way and waiting. */
  readonly load: number
  readonly paused: boolean
  /**
   * Wait for a turn that costs so many tokens, `again` before those that were never let through. Throws the signal's
   * reason.
   */
  enter(tokens: number, again: boolean, signal: AbortSignal): Promise<void>
  /** A call is over, however it ended. */
  leave(): void
  /** A call that took so long gave an answer. */
  succeeded(took: number): void
  /** A call that began then was refused because there is too much to do. */
  refused(began: number, retryAfterMs: number | undefined): void
  /** Let nobody through for so long. */
  pause(time: number): void
}

interface Waiting {
  tokens: number
  reserved: 'no' | 'asked' | 'yes'
  started: boolean
  start(): void
  fail(error: unknown): void
}

/** A caller that would wait longer could as well ask later, or ask someone else. */
const noticeable = 2

/**
 * Lets at most `most` calls through at once, fewer while some are refused, and each when `reserve` says so: it takes
 * tokens from a rate and returns the wait for them. Only the first in the queue reserves, so that what dies with the
 * process is one call's share.
 */
export function callQueue(
  most: number,
  reserve: (tokens: number) => number | Promise<number>,
  clock: Clock,
): CallQueue {
  const queue: Waiting[] = []
  const window = adaptiveWindow(most, clock)
  let underWay = 0
  let opens = 0
  let asleep: { until: number; stop: AbortController } | undefined

  const pause = (time: number) => {
    opens = Math.max(opens, clock.now() + time)
  }

  const opening = () => Math.max(opens, window.opens)

  function pump() {
    for (let head = queue[0]; head && underWay < window.size; head = queue[0]) {
      if (!hasReserved(head)) return
      const wait = opening() - clock.now()
      if (wait >= 1) return sleepFor(Math.ceil(wait))
      queue.shift()
      underWay++
      window.started(underWay)
      head.started = true
      head.start()
    }
  }

  /** Whether it is known how long it has to wait. What other processes know, too, takes a moment to be told. */
  function hasReserved(head: Waiting): boolean {
    if (head.reserved !== 'no') return head.reserved === 'yes'
    const wait = reserve(head.tokens)
    head.reserved = typeof wait === 'number' ? 'yes' : 'asked'
    if (typeof wait === 'number') {
      pause(wait)
      return true
    }
    const told = (time: number) => {
      pause(time)
      head.reserved = 'yes'
      pump()
    }
    wait.then(told).catch(head.fail)
    return false
  }

  /** It may open sooner than was thought when it fell asleep. */
  function sleepFor(time: number) {
    const until = clock.now() + time
    if (asleep && asleep.until <= until) return
    wake()
    const stop = new AbortController()
    asleep = { until, stop }
    const goOn = () => {
      asleep = undefined
      pump()
    }
    clock.sleep(time, stop.signal).then(goOn, () => {})
  }

  function wake() {
    asleep?.stop.abort()
    asleep = undefined
  }

  function forget(one: Waiting) {
    const index = queue.indexOf(one)
    if (index >= 0) queue.splice(index, 1)
    if (queue.length === 0) wake()
  }

  async function enter(tokens: number, again: boolean, signal: AbortSignal) {
    signal.throwIfAborted()
    const one: Waiting = { tokens, reserved: 'no', started: false, start: () => {}, fail: () => {} }
    if (again) queue.unshift(one)
    else queue.push(one)
    pump()
    if (!one.started) await turn(one, signal)
  }

  function turn(one: Waiting, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    one.start = resolve
    one.fail = error => {
      forget(one)
      reject(error)
    }
    const giveUp = () => one.fail(signal.reason)
    signal.addEventListener('abort', giveUp)
    return promise.finally(() => signal.removeEventListener('abort', giveUp))
  }

  return {
    get load() {
      return underWay + queue.length
    },
    get paused() {
      return opening() - clock.now() > noticeable
    },
    enter,
    leave() {
      underWay--
      pump()
    },
    succeeded: took => window.grow(took, queue.length > 0),
    refused: (began, retryAfterMs = 0) => pause(window.shrink(began, underWay, retryAfterMs)),
    pause,
  }
}
