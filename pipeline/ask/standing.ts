import type { CallFault } from './call-fault.ts'
import type { Clock } from './clock.ts'
import { wordsInCommon } from './kinds-of-fault.ts'

/** What the calls of this process have shown of an endpoint. */
export interface Standing {
  /** A call was answered. */
  answered(): void
  /**
   * How long nobody need try, in milliseconds, because it answered before and nobody is there now. Undefined where it
   * is no such fault, or has been one for too long.
   */
  absence(fault: CallFault): number | undefined
  /** What ends all calls there, after a fault that no other try of this question mends; undefined where they go on. */
  end(fault: CallFault): Error | undefined
}

/** A server that is started anew loads its model for minutes. */
const patience = 10 * 60_000
const pauses = { shortest: 500, longest: 30_000 }
/**
 * So many questions in a row that fail alike are no fault of theirs: at an endpoint that never answered, and at one
 * that refuses a key or a model that it took before.
 */
const alike = { first: 5, later: 20 }

/**
 * `fresh` is a run in which nobody answered yet. In any other one, what is left to ask may be just what cannot be
 * answered.
 */
export function openStanding(clock: Clock, fresh: boolean): Standing {
  let answeredOnce = false
  let away: number | undefined
  let failed = { kind: '', count: 0 }

  const absentFor = () => clock.now() - (away ?? clock.now())

  function answered() {
    answeredOnce = true
    away = undefined
    failed = { kind: '', count: 0 }
  }

  /** How many in a row failed like this one. */
  function inARow({ error }: CallFault): number {
    const kind = wordsInCommon(error.message)
    failed = { kind, count: failed.kind === kind ? failed.count + 1 : 1 }
    return failed.count
  }

  return {
    answered,
    absence(fault) {
      const { kind, fatal, gone, wait } = fault
      if (!answeredOnce || kind !== 'broken' || !(fatal || gone)) return undefined
      away ??= clock.now()
      if (absentFor() >= patience) return undefined
      return Math.max(wait, Math.min(pauses.shortest + absentFor() / 2, pauses.longest))
    },
    end(fault) {
      const { fatal, doubtful, judged, asFatal, error } = fault
      // Whoever judges a text has taken the key.
      if (judged) return void answered()
      if (!asFatal) return fatal ? error : undefined
      const count = inARow(fault)
      if (fatal && !(doubtful && answeredOnce)) return asFatal()
      const most = answeredOnce ? doubtful && alike.later : fresh && alike.first
      if (most && count >= most) return asFatal(`; ${count} requests in a row came to that`)
      return absentFor() >= patience ? asFatal('; nobody answered for 10 minutes') : undefined
    },
  }
}
