import { RemoteError } from './remote-error.ts'

const mostTries = 5
/** Milliseconds: before the second try, doubled for each after it, and the longest that a place may ask for. */
const pause = { first: 1000, longest: 15 * 60_000 }

/** Who is told of another try, and how it is waited for. */
export interface Persistence {
  signal: AbortSignal
  listen(news: { kind: 'again'; why: string; number: number; most: number }): void
  /** Milliseconds. Rejects when the signal aborts. */
  wait(time: number, signal: AbortSignal): Promise<void>
  /** Tries that are made at most; 5 by default. */
  most?: number
}

/**
 * Does some work, anew where it failed for a reason that may pass. A try that came further than those before it, as
 * `reached` tells, has all tries before it again.
 */
export async function persistently<T>(
  reach: Persistence,
  work: () => Promise<T>,
  reached: () => number = () => 0,
): Promise<T> {
  const { most = mostTries } = reach
  let furthest = 0
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      reach.signal.throwIfAborted()
      if (reached() > furthest) tries = 1
      furthest = Math.max(furthest, reached())
      if (!(error instanceof RemoteError) || error.kind !== 'passing' || tries === most) throw error
      const { message, waitMs = pause.first * 2 ** (tries - 1) * (0.75 + Math.random() / 2) } = error
      if (waitMs > pause.longest) throw error
      reach.listen({ kind: 'again', why: message, number: tries + 1, most })
      await reach.wait(waitMs, reach.signal)
    }
  }
}
