import { expect, test } from 'vitest'
import { callQueue } from '../../../pipeline/ask/call-queue.ts'
import { virtualClock } from '../../virtual-clock.ts'
import { added, loads, storm } from './gated.ts'

const { signal } = new AbortController()

/** Calls in flight, and the share of the ideal time that may come on top. */
const bounds: [inFlight: number, most: number][] = [
  [1, 0.03],
  [2, 0.03],
  [4, 0.03],
  [8, 0.03],
  [32, 0.06],
  [64, 0.06],
]

for (const [name, load] of Object.entries(loads)) {
  test(`a server that never refuses is kept busy: ${name} calls`, async () => {
    for (const latency of [50, 200, 1000, 10_000]) {
      for (const [inFlight, most] of bounds) {
        const share = await added({ inFlight, rounds: 30, latency: load(latency) }, virtualClock())
        expect(share, `${inFlight} in flight, ${latency} ms`).toBeLessThanOrEqual(most)
      }
    }
  })
}

/** How many of so many calls that come at once are let through within so many milliseconds. */
async function burst(given: { idle: number; before: number }): Promise<number[]> {
  const clock = virtualClock()
  const queue = callQueue(Number.POSITIVE_INFINITY, () => 0, clock)
  const calls = (count: number) => Array.from({ length: count }, () => queue.enter(1, false, signal))
  const answered = (count: number) => {
    for (let left = count; left > 0; left--) {
      queue.succeeded(200)
      queue.leave()
    }
  }
  await Promise.all(calls(36))
  await clock.sleep(200, signal)
  answered(36)
  await clock.sleep(given.idle, signal)
  for (let count = 0; count < given.before; count++) {
    const [call] = calls(1)
    await clock.sleep(200, signal)
    await call
    answered(1)
  }
  let had = 0
  const turns = calls(36).map(turn => turn.then(() => had++))
  const seen: number[] = []
  for (const time of [1, 60, 100]) {
    await clock.sleep(time, signal)
    seen.push(had)
  }
  await Promise.all(turns)
  return seen
}

test('a burst is spread, after idleness too, and whatever of a handful is left from before', async () => {
  for (const given of [0, 1, 5, 11].flatMap(before => [0, 1000, 600_000].map(idle => ({ idle, before })))) {
    const [atOnce = 0, soon = 0, then = 0] = await burst(given)
    expect(atOnce, JSON.stringify(given)).toBeLessThanOrEqual(12)
    expect(soon).toBeGreaterThan(12)
    expect(soon).toBeLessThan(36)
    expect(then).toBe(36)
  }
})

test('a storm of refusals ends soon, and hardly anything is lost by it', async () => {
  for (const wire of [0, 1, 3]) {
    const { seconds, refused } = await storm(wire, virtualClock())
    expect(seconds, `${wire} ms`).toBeLessThanOrEqual(20.5)
    expect(refused, `${wire} ms`).toBeLessThanOrEqual(20)
  }
})
