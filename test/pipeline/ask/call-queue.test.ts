import { expect, test } from 'vitest'
import { type CallQueue, callQueue } from '../../../pipeline/ask/call-queue.ts'
import { virtualClock } from '../../virtual-clock.ts'

const clock = virtualClock()
const { signal } = new AbortController()

/** Let time pass. */
const after = (time: number) => clock.sleep(time, signal)

const free = () => 0
const none = Number.POSITIVE_INFINITY

/** Take turns, saying which were had. */
function takers(through: CallQueue) {
  const had: string[] = []
  const take = (name: string, again = false) =>
    through.enter(1, again, signal).then(() => void had.push(name))
  return { had, take }
}

async function enter(through: CallQueue, count: number) {
  const turns = Array.from({ length: count }, () => through.enter(1, false, signal))
  await after(100)
  await Promise.all(turns)
}

/** Let as many calls through as there is room for; returns how many those are. */
async function room(through: CallQueue): Promise<number> {
  const stop = new AbortController()
  let entered = 0
  const waiting = Array.from({ length: 40 }, () => through.enter(0, false, stop.signal).then(() => entered++))
  await after(150)
  stop.abort()
  await Promise.allSettled(waiting)
  for (let left = entered; left > 0; left--) through.leave()
  return entered
}

test('no more than its most are let through at once, in order', async () => {
  const through = callQueue(2, free, clock)
  const { had, take } = takers(through)
  const both = [take('a'), take('b')]
  await after(5)
  await Promise.all(both)
  const third = take('c')
  const fourth = take('d')
  expect(through.load).toBe(4)
  expect(had).toEqual(['a', 'b'])
  through.leave()
  await after(5)
  await third
  expect(had).toEqual(['a', 'b', 'c'])
  through.leave()
  await after(5)
  await fourth
  expect(had).toEqual(['a', 'b', 'c', 'd'])
  expect(through.load).toBe(2)
})

test('a call that is tried again comes before those that were never let through', async () => {
  const through = callQueue(1, free, clock)
  const { had, take } = takers(through)
  await take('a')
  const rest = [take('b'), take('c'), take('a again', true)]
  for (const _ of rest) {
    through.leave()
    await after(5)
  }
  await Promise.all(rest)
  expect(had).toEqual(['a', 'a again', 'b', 'c'])
})

test('only the first in the queue reserves, and each once', async () => {
  const reserved: number[] = []
  const through = callQueue(
    none,
    tokens => {
      reserved.push(tokens)
      return reserved.length === 1 ? 0 : 20
    },
    clock,
  )
  const turns = [7, 8, 9].map(tokens => through.enter(tokens, false, signal))
  await after(19)
  expect(reserved).toEqual([7, 8])
  await after(40)
  await Promise.all(turns)
  expect(reserved).toEqual([7, 8, 9])
})

test('one that gives up lets the next go on, and its reason is thrown', async () => {
  const through = callQueue(1, free, clock)
  const { take } = takers(through)
  await take('a')
  const stop = new AbortController()
  const reason = new Error('stopped by hand')
  const given = through.enter(1, false, stop.signal)
  const next = take('b')
  stop.abort(reason)
  await expect(given).rejects.toBe(reason)
  await expect(through.enter(1, false, stop.signal)).rejects.toBe(reason)
  through.leave()
  await after(5)
  await next
  expect(through.load).toBe(1)
})

test('one that gives up just as it is let through takes nobody’s place in the queue', async () => {
  const through = callQueue(1, free, clock)
  const stop = new AbortController()
  const first = through.enter(1, false, stop.signal)
  const { had, take } = takers(through)
  const next = take('b')
  stop.abort()
  await first
  through.leave()
  await after(5)
  expect(had).toEqual(['b'])
  await next
})

test('nobody is let through while it is paused', async () => {
  const through = callQueue(none, free, clock)
  const { had, take } = takers(through)
  through.pause(60)
  expect(through.paused).toBe(true)
  const turn = take('a')
  await after(59)
  expect(had).toEqual([])
  await after(2)
  await turn
  expect(through.paused).toBe(false)
})

test('a refusal is waited for, however long the provider asks, and the whole episode counts once', async () => {
  const through = callQueue(none, free, clock)
  const began = clock.now()
  await enter(through, 16)
  for (let count = 0; count < 16; count++) through.refused(began, 80)
  for (let count = 0; count < 16; count++) through.leave()
  const { had, take } = takers(through)
  const turn = take('a')
  await after(79)
  expect(had).toEqual([])
  await after(60)
  await turn
  through.leave()
  expect(await room(through)).toBe(8)
})

test('after the second refusal a little more are let through than the provider just took', async () => {
  const through = callQueue(none, free, clock)
  await enter(through, 30)
  through.refused(clock.now(), 1)
  // In 100 ms it takes 36 calls of 25 ms each: nine at once keep it busy.
  await after(100)
  for (let count = 0; count < 36; count++) through.succeeded(25)
  through.refused(clock.now(), 1)
  for (let count = 0; count < 30; count++) through.leave()
  expect(await room(through)).toBe(Math.floor(9 * 1.25))
})

test('however little the provider took between two refusals, no more than half is taken away', async () => {
  const through = callQueue(none, free, clock)
  await enter(through, 30)
  through.refused(clock.now(), 1)
  await after(60_000)
  through.succeeded(25)
  through.refused(clock.now(), 1)
  for (let count = 0; count < 30; count++) through.leave()
  expect(await room(through)).toBe(7)
})

test('it grows again by one at a time, while more would go through, and never beyond its most', async () => {
  const through = callQueue(4, free, clock)
  const { take } = takers(through)
  await enter(through, 2)
  through.refused(clock.now(), 1)
  const waiting = Array.from({ length: 9 }, () => take('more'))
  through.leave()
  through.leave()
  expect(through.load).toBe(9)
  for (let count = 0; count < 400; count++) through.succeeded(1)
  await after(150)
  expect(through.load).toBe(9)
  for (let count = 0; count < 9; count++) through.leave()
  await Promise.all(waiting)
  expect(await room(through)).toBe(4)
})

test('answers that come together do not let a crowd through at once, until it is known whether it is refused', async () => {
  const through = callQueue(none, free, clock)
  await enter(through, 36)
  for (let count = 0; count < 36; count++) {
    through.succeeded(200)
    through.leave()
  }
  let had = 0
  const turns = Array.from({ length: 36 }, () => through.enter(1, false, signal).then(() => had++))
  await after(1)
  expect(had).toBeLessThanOrEqual(12)
  await after(60)
  expect(had).toBeGreaterThan(12)
  expect(had).toBeLessThan(36)
  await after(100)
  await Promise.all(turns)
  expect(had).toBe(36)
})
