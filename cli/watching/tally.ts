import Type, { type Static } from 'typebox'
import type { Clock } from '../../pipeline/ask/clock.ts'
import { type Listener, stages } from '../../pipeline/progress.ts'

const Count = Type.Integer({ minimum: 0 })
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** How far a run is and what it waits for. Times are milliseconds. */
export const Now = Type.Object(
  {
    /** Null before the first. */
    stage: orNull(Type.Enum([...stages])),
    done: Count,
    already: Count,
    failed: Count,
    total: orNull(Count),
    /** USD so far; null where that is not known. */
    usd: orNull(Type.Number()),
    /** Calls of models and services that are not over, and for how long the oldest is under way. */
    underWay: Count,
    oldestMs: Count,
    /** Calls that are over, and how often one was made again. */
    calls: Count,
    again: Count,
    /** In this stage, while calls were under way; null where nobody counted. */
    tokensPerSecond: orNull(Type.Number()),
    /** Rollouts that wait for a batch. */
    waiting: Count,
    /** Who works for it, where others do: what each has under way, and has done. */
    workers: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String(),
            host: Type.String(),
            pid: Count,
            at: Type.String(),
            underWay: Count,
            done: Count,
            longestBlockMs: Count,
          },
          { additionalProperties: false },
        ),
      ),
    ),
    /** Until the stage is done, if it goes on as it did; null where nobody knows. */
    leftMs: orNull(Count),
  },
  { additionalProperties: false },
)
export type Now = Static<typeof Now>

export interface Tally {
  hear: Listener
  now(): Now
}

/** Adds up what a run says of itself. */
export function openTally(clock: Clock): Tally {
  const stage = stageTally(clock)
  const calls = callTally(clock)
  let workers: Now['workers']
  return {
    hear(progress) {
      stage.hear(progress)
      calls.hear(progress)
      if (progress.kind === 'workers') workers = progress.workers.map(({ fault: _, ...worker }) => worker)
    },
    now: () => ({ ...stage.now(), ...calls.now(), ...(workers && { workers }) }),
  }
}

function stageTally(clock: Clock) {
  let began = clock.now()
  const nothing = { stage: null, done: 0, already: 0, failed: 0, total: null, usd: null, waiting: 0 }
  let state: Omit<Now, 'leftMs' | 'workers' | keyof ReturnType<ReturnType<typeof callTally>['now']>> = nothing

  function left(): number | null {
    const { done, already, total } = state
    if (total === null || done <= already) return null
    return Math.round(((clock.now() - began) / (done - already)) * (total - done))
  }

  const hear: Listener = progress => {
    if (progress.kind === 'stage') {
      began = clock.now()
      state = { ...nothing, usd: state.usd, stage: progress.stage, total: progress.total }
    } else if (progress.kind === 'done') {
      const { stage, done, already, failed, total, usd } = progress
      state = { stage, done, already, failed, total, usd, waiting: 0 }
    } else if (progress.kind === 'waiting') state = { ...state, waiting: progress.rollouts }
  }

  return { hear, now: () => ({ ...state, leftMs: left() }) }
}

function callTally(clock: Clock) {
  const open = new Map<number, number>()
  const sums = { calls: 0, again: 0, tokens: 0, busyMs: 0 }
  let busySince = 0

  function end(call: number, output: number | null) {
    open.delete(call)
    sums.calls++
    sums.tokens += output ?? 0
    if (open.size === 0) sums.busyMs += clock.now() - busySince
  }

  const hear: Listener = progress => {
    // A stage that asks nothing has no speed.
    if (progress.kind === 'stage') Object.assign(sums, { tokens: 0, busyMs: 0 })
    if (progress.kind === 'stage') busySince = clock.now()
    if (progress.kind === 'again') sums.again++
    else if (progress.kind === 'called') end(progress.call, progress.output)
    else if (progress.kind === 'call') {
      if (open.size === 0) busySince = clock.now()
      open.set(progress.call, clock.now())
    }
  }

  function now() {
    const time = clock.now()
    const [oldest = time] = open.values()
    const seconds = (sums.busyMs + (open.size > 0 ? time - busySince : 0)) / 1000
    return {
      underWay: open.size,
      oldestMs: Math.round(time - oldest),
      calls: sums.calls,
      again: sums.again,
      tokensPerSecond: sums.tokens > 0 && seconds > 0 ? Number((sums.tokens / seconds).toFixed(1)) : null,
    }
  }

  return { hear, now }
}
