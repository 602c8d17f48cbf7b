/** So many units a minute, and at most `burst` of them at once. */
export interface Rate {
  perMinute: number
  burst: number
}

/**
 * Rates that all processes on one store keep together: generic cell rate algorithm (GCRA, ITU-T I.371, virtual
 * scheduling), which needs one number per key and gives every caller its own moment without polling.
 */
export interface Limiter extends Disposable {
  /**
   * Take `cost` units of a key's rate. Returns the milliseconds until they may be used, 0 for now. A cost above a burst
   * waits only for what was taken before it.
   */
  reserve(key: string, cost: number, rate: Rate): number | Promise<number>
  /** Correct a reservation that has cost `delta` units more, or less if it is negative. */
  settle(key: string, delta: number, rate: Rate): void | Promise<void>
}
