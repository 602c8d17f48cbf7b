import type { Clock } from './clock.ts'

/** How many calls are let through at once, as the provider takes them. All times are milliseconds. */
interface AdaptiveWindow {
  readonly size: number
  /** When the next call may start. */
  readonly opens: number
  /** A call starts, so that so many are under way. */
  started(underWay: number): void
  /** A call that took so long gave an answer; `wanted` when more would have gone through. */
  grow(took: number, wanted: boolean): void
  /** A call that began then was refused; returns how long nobody is to be let through. */
  shrink(began: number, underWay: number, retryAfterMs: number): number
}

/** Round trips without refusal after which one more call is let through. */
const patience = 5
/** A little too much costs a refusal now and then; a little too little would cost time for ever. */
const probing = 1.25
/** Answers that come together share one commit of the store, but what starts together may all be refused. */
const atOnce = 12
const longestPause = 60_000

/**
 * A window of at most `most` calls. The first refusal halves it. The provider can take as much as it took between two
 * refusals, so from the second refusal on the window is a little more than that rate fills (Little's law). Then it
 * grows by one at a time. Starts are spread over half of the time that would keep them evenly apart, so that a refusal
 * is known before a crowd is on the wire. Until the first refusals, calls start by the handful; what starts slower than
 * that by itself waits for nothing.
 */
export function adaptiveWindow(most: number, { now }: Clock): AdaptiveWindow {
  let size = most
  let latency = 0
  let busiest = 1
  let handful = { began: now(), starts: 0 }
  let refusals = { at: Number.NEGATIVE_INFINITY, answered: 0, count: 0, inARow: 0 }

  const together = () => (refusals.count === 0 ? atOnce : 1)

  /** When the starts after this handful are due. */
  const next = () => handful.began + (together() * latency) / 2 / Math.min(size, busiest)

  function smaller(underWay: number): number {
    if (refusals.count === 0) return Math.min(size, busiest) / 2
    const used = Math.min(size, underWay)
    const filled = (refusals.answered / (now() - refusals.at)) * latency
    return Math.max(used / 2, Math.min(0.9 * used, probing * filled))
  }

  return {
    get size() {
      return Math.floor(size)
    },
    get opens() {
      return handful.starts < together() ? 0 : next()
    },
    started(underWay) {
      if (handful.starts >= together() || now() >= next())
        handful = { began: Math.max(now(), next()), starts: 0 }
      handful.starts++
      busiest = Math.max(busiest, underWay)
    },
    grow(took, wanted) {
      latency = latency === 0 ? took : latency + (took - latency) / 8
      // One of this handful was taken, so another may follow.
      if (now() - took >= handful.began) handful = { began: now(), starts: 0 }
      refusals.answered++
      refusals.inARow = 0
      if (wanted) size = Math.min(most, size + 1 / (patience * size))
    },
    shrink(began, underWay, retryAfterMs) {
      // A call that began before the last refusal was noticed belongs to that refusal.
      if (began > refusals.at) {
        size = Math.max(1, smaller(underWay))
        refusals = { at: now(), answered: 0, count: refusals.count + 1, inARow: refusals.inARow + 1 }
      }
      const unsaid = refusals.inARow > 1 || retryAfterMs === 0
      const growing = unsaid ? Math.min(500 * 2 ** refusals.inARow, longestPause) : 0
      return Math.max(retryAfterMs, growing) + 50 * Math.random()
    },
  }
}
