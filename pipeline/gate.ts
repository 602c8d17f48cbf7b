/** Where calls to one endpoint wait for their turn. All times are milliseconds. */
export interface Gate {
  /** Calls under way and waiting. */
  readonly load: number
  readonly paused: boolean
  /** Wait for a turn that costs so many tokens, `again` before those that were never let through. Throws the signal's reason. */
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
  reserved: boolean
  start(): void
}

/** Between two starts, as long as nothing has been refused. */
const longestSpacing = 2
/** Round trips without refusal after which one more call is let through. */
const patience = 5
/** A little too much costs a refusal now and then; a little too little would cost time for ever. */
const probing = 1.25
const longestPause = 60_000

/**
 * Lets at most `most` calls through at once, each when `reserve` says so: it takes tokens from a rate and returns the
 * wait for them. Only the first in the queue reserves, so that what dies with the process is one call's share.
 *
 * Refusals halve what is let through at once, the first time. Between two refusals the provider took what it can take, so
 * from the second on the window is a little more than that rate fills (Little's law); then it grows by one at a time.
 */
export function gate(most: number, reserve: (tokens: number) => number): Gate {
  const now = () => performance.now()
  const queue: Waiting[] = []
  let window = most
  let underWay = 0
  let opens = 0
  let timer: NodeJS.Timeout | undefined
  let refusals = { at: now(), answered: 0, count: 0, inARow: 0 }
  let latency = 0

  function pump() {
    for (let head = queue[0]; head && underWay < Math.floor(window); head = queue[0]) {
      if (!head.reserved) opens = Math.max(opens, now() + reserve(head.tokens))
      head.reserved = true
      const wait = opens - now()
      if (wait >= 1) return wakeIn(wait)
      queue.shift()
      underWay++
      opens = Math.max(opens, now()) + spacing()
      head.start()
    }
  }

  function wakeIn(wait: number) {
    timer ??= setTimeout(
      () => {
        timer = undefined
        pump()
      },
      Math.min(Math.ceil(wait), longestPause),
    )
  }

  /** Between two starts: half of what keeps them evenly apart, so that they never come in a crowd. */
  function spacing(): number {
    const even = latency / 2 / Math.min(window, underWay)
    if (refusals.count > 0) return even
    return latency === 0 ? longestSpacing : Math.min(longestSpacing, even)
  }

  const pause = (time: number) => {
    opens = Math.max(opens, now() + time)
  }

  /** What is let through at once from now on. */
  function smaller(): number {
    const most = Math.min(window, underWay)
    const filled = (refusals.answered / (now() - refusals.at)) * latency
    return refusals.count === 0 ? most / 2 : Math.max(most / 2, Math.min(0.9 * most, probing * filled))
  }

  return {
    get load() {
      return underWay + queue.length
    },
    get paused() {
      return opens - now() > longestSpacing
    },
    async enter(tokens, again, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const one: Waiting = { tokens, reserved: false, start: resolve }
      if (again) queue.unshift(one)
      else queue.push(one)
      const giveUp = () => {
        queue.splice(queue.indexOf(one), 1)
        if (queue.length === 0) timer = void clearTimeout(timer)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp)
      pump()
      await promise.finally(() => signal.removeEventListener('abort', giveUp))
    },
    leave() {
      underWay--
      pump()
    },
    succeeded(took) {
      latency = latency === 0 ? took : latency + (took - latency) / 8
      refusals.answered++
      refusals.inARow = 0
      if (queue.length > 0) window = Math.min(most, window + 1 / (patience * window))
    },
    refused(began, retryAfterMs = 0) {
      if (began >= refusals.at) {
        window = Math.max(1, smaller())
        refusals = { at: now(), answered: 0, count: refusals.count + 1, inARow: refusals.inARow + 1 }
      }
      const growing = refusals.inARow > 1 || retryAfterMs === 0 ? 500 * 2 ** Math.min(refusals.inARow, 7) : 0
      pause(Math.max(retryAfterMs, Math.min(growing, longestPause)) + 50 * Math.random())
    },
    pause,
  }
}
