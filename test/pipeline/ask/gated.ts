import pLimit from 'p-limit'
import { tries } from '../../../pipeline/ask/asker.ts'
import type { Clock } from '../../../pipeline/ask/clock.ts'
import type { Inquiry } from '../../../pipeline/ask/inquiry.ts'

/** Milliseconds that the calls of a server take that never refuses one. */
export const loads = {
  even: (latency: number) => () => latency,
  /** Half to one and a half of it. */
  uneven:
    (latency: number, random = seeded(7)) =>
    () =>
      latency * (0.5 + random()),
  /** The first take a hundred times as long, as where a server loads its model. */
  warming:
    (latency: number, made = 0) =>
    () =>
      latency * (made++ < 32 ? 100 : 1),
  /** Most are quick, a tenth takes fifteen times as long. */
  mixed:
    (latency: number, random = seeded(11)) =>
    () =>
      (random() < 0.1 ? 15 : 1) * (latency / 2.4),
}

/** Between 0 and 1, the same each time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Load {
  inFlight: number
  rounds: number
  /** Of the next call. */
  latency: () => number
}

/** How much longer than ideal many calls take that are so many at once: 0.03 is 3 %. */
export async function added({ inFlight, rounds, latency }: Load, clock: Clock): Promise<number> {
  const took = Array.from({ length: inFlight * rounds }, latency)
  const calls = took.map(time => (signal: AbortSignal) => clock.sleep(time, signal))
  return (await made(calls, inFlight, clock)) / ideal(took, inFlight) - 1
}

/** Each call is made by whoever is free first. */
function ideal(took: readonly number[], inFlight: number): number {
  const free = Array.from({ length: inFlight }, () => 0)
  for (const time of took) {
    const first = free.indexOf(Math.min(...free))
    free[first] = (free[first] ?? 0) + time
  }
  return Math.max(...free)
}

class Refused extends Error {}

/**
 * A thousand calls of 200 ms, 50 in flight, to a server that lets in 50 a second from a bucket that holds a second's
 * worth, and asks the rest to wait for a second: ideally 19.2 s. `wire` is the time that a call needs to get there.
 */
export async function storm(wire: number, clock: Clock): Promise<{ seconds: number; refused: number }> {
  let refused = 0
  let bucket = { left: 50, at: clock.now() }
  const admits = () => {
    const left = Math.min(50, bucket.left + (clock.now() - bucket.at) / 20)
    bucket = { left: left < 1 ? left : left - 1, at: clock.now() }
    return left >= 1
  }
  const call = async (signal: AbortSignal) => {
    await clock.sleep(wire, signal)
    const admitted = admits()
    if (!admitted) refused++
    await clock.sleep(admitted ? 200 : 0, signal)
    if (!admitted) throw new Refused()
  }
  const calls = Array.from({ length: 1000 }, () => call)
  return { seconds: (await made(calls, 50, clock)) / 1000, refused }
}

/** The milliseconds that it takes to make calls by the gate. */
async function made(
  calls: readonly ((signal: AbortSignal) => Promise<void>)[],
  inFlight: number,
  clock: Clock,
): Promise<number> {
  const ask = tries({ clock })
  const { signal } = new AbortController()
  const began = clock.now()
  await pLimit(inFlight).map(calls, call => ask(inquiryOf(call), signal))
  return clock.now() - began
}

const inquiryOf = (call: (signal: AbortSignal) => Promise<void>): Inquiry<void> => ({
  bill: {
    call: { service: 'server', usd: 0 },
    worst: 0,
    used: () => undefined,
    failed: () => undefined,
    flat: false,
  },
  endpoints: [{ line: 'server', account: () => 'server', limits: undefined, call }],
  faultOf: error =>
    error instanceof Refused ? { error, kind: 'refused', fatal: false, wait: 1000 } : undefined,
})
