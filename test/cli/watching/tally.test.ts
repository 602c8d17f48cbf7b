import { expect, test } from 'vitest'
import { openTally } from '../../../cli/watching/tally.ts'
import { progressLine } from '../../../cli/watching/words.ts'
import type { Progress } from '../../../pipeline/progress.ts'
import { handClock } from './hand-clock.ts'

const done = (number: number, already: number): Progress => ({
  kind: 'done',
  stage: 'synthesize',
  done: number,
  already,
  failed: 0,
  total: 10,
  usd: 0.5,
})

test('the time left counts what was done now, from the beginning of the stage', async () => {
  const clock = handClock()
  const { hear, now } = openTally(clock)
  await clock.pass(100)
  hear({ kind: 'stage', stage: 'synthesize', total: 10 })
  for (let number = 1; number <= 4; number++) hear(done(number, number))
  expect(now().leftMs).toBeNull()
  await clock.pass(20)
  hear(done(6, 4))
  expect(now().leftMs).toBe(40_000)
  expect(progressLine(now())).toBe('solving 6/10, 4 already done, $0.50, about 40 s left')
})

test('tokens a second are those of the time in which calls were under way', async () => {
  const clock = handClock()
  const { hear, now } = openTally(clock)
  hear({ kind: 'call', call: 1 })
  await clock.pass(10)
  hear({ kind: 'called', call: 1, output: 300 })
  await clock.pass(1000)
  hear({ kind: 'call', call: 2 })
  hear({ kind: 'call', call: 3 })
  await clock.pass(5)
  hear({ kind: 'called', call: 2, output: null })
  expect(now()).toMatchObject({ underWay: 1, oldestMs: 5000, calls: 2, tokensPerSecond: 20 })
  hear({ kind: 'called', call: 3, output: 150 })
  expect(now()).toMatchObject({ underWay: 0, oldestMs: 0, calls: 3, tokensPerSecond: 30 })
})

test('the speed is that of the stage: one that asks nothing has none, and the next that asks begins anew', async () => {
  const clock = handClock()
  const { hear, now } = openTally(clock)
  const ask = async (call: number, output: number) => {
    hear({ kind: 'call', call })
    await clock.pass(5)
    hear({ kind: 'called', call, output })
  }
  await ask(1, 100)
  expect(now().tokensPerSecond).toBe(20)
  hear({ kind: 'stage', stage: 'curate', total: 3 })
  await clock.pass(5)
  expect(now()).toMatchObject({ tokensPerSecond: null, calls: 1 })
  hear({ kind: 'stage', stage: 'verify', total: 3 })
  await ask(2, 50)
  expect(now()).toMatchObject({ tokensPerSecond: 10, calls: 2 })
})

test('money that was spent in one stage is not forgotten in the next, and who waits for a batch is told', () => {
  const { hear, now } = openTally(handClock())
  hear(done(1, 0))
  hear({ kind: 'stage', stage: 'verify', total: 3 })
  hear({ kind: 'waiting', rollouts: 2 })
  expect(progressLine(now())).toBe('checking 0/3, $0.50, 2 wait for a batch')
})
