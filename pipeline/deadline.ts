import type { Clock } from './ask/clock.ts'
import { DeadlineError } from './errors.ts'

/** Until when a run may begin work that it can also do later. */
export interface Deadline extends Disposable {
  /** Throws DeadlineError when it has passed. */
  check(): void
  /** Milliseconds until then. */
  left(): number
  /** Aborts what is still under way a while later, with DeadlineError. */
  cut: AbortSignal
  /** All that takes long is done: what follows is free and soon over, and makes the rest worth it. */
  lift(): void
}

/** Milliseconds that calls and cells under way have to end after it: what they give is kept, and calls were paid. */
export const parking = 30_000

/** A deadline in so many milliseconds, which are over at once where there are less than none. */
export function openDeadline(ms: number, clock: Clock): Deadline {
  const until = clock.now() + ms
  const cut = new AbortController()
  const lifted = new AbortController()

  async function waiting() {
    // A timer may hold less than is asked for.
    for (let left = ms + parking; left > 0; left = until + parking - clock.now())
      await clock.sleep(left, lifted.signal)
    cut.abort(passed())
  }
  void waiting().catch(() => {})

  const lift = () => lifted.abort()
  return {
    check() {
      if (!lifted.signal.aborted && clock.now() >= until) throw passed()
    },
    left: () => until - clock.now(),
    cut: cut.signal,
    lift,
    [Symbol.dispose]: lift,
  }
}

const passed = () =>
  new DeadlineError(
    'the deadline has passed: what was answered is kept, and the export stays as it was; ' +
      'the same command with a later one goes on from there, or `kindling curate` exports what is there',
  )
