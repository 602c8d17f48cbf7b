import { expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures.ts'
import { countingTeacher } from '../counting-teacher.ts'
import { exported, type Fuse, fusesFor, runOnce as start } from '../killing.ts'
import { ownPrices } from '../own-prices.ts'

const [of, concurrency, kills] = [3, 3, 5]

/** Every call is charged as much as one can be: one USD per token. */
const usage = { prompt_tokens: 16_000, completion_tokens: 4096 }
const each = usage.prompt_tokens + usage.completion_tokens
const rates = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e6 }

type Killed = Partial<Parameters<typeof start>[0]>

test('parts that are killed again and again never pass the budget together, and merged give the bytes of one process', async () => {
  await using teacher = await countingTeacher(usage)
  await using prices = await ownPrices({ 'kindling-program-1': rates })
  await using whole = await temporaryFolder()
  await using divided = await temporaryFolder()
  const config = 'test/pipeline/spend/budget.config.ts'
  const run = (runs: string, calls: number, more: Killed, fuse?: Fuse) => {
    const budget = { PRICES: prices.path, BUDGET: String(calls * each) }
    const env = { TEACHER_URL: teacher.url, RUNS: runs, ...budget }
    return start({ config, env, events: teacher.events, ...more }, fuse)
  }
  const part = (index: number): Killed => ({ options: ['--shard', `${index}/${of}`], statuses: [0, 4] })

  const ample = 1000
  await run(whole.path, ample, {})
  const expected = await exported(whole.path)
  const requests = new Set(teacher.asked.keys())
  teacher.asked.clear()

  const tight = 4 * of
  const fuses = fusesFor({ sure: kills, requests: 2 * kills, others: 0, within: [1, 2] })
  let killed = 0
  for (const [at, fuse] of fuses.entries())
    if ((await run(divided.path, tight, part((at % of) + 1), fuse)) === 'killed') killed++
  await run(divided.path, tight, { ...part(of), statuses: [4] })
  expect(killed).toBeGreaterThan(2)
  expect(teacher.requests()).toBeLessThanOrEqual(tight)

  for (const index of [2, 3, 1]) await run(divided.path, ample, { ...part(index), statuses: [0] })
  await run(divided.path, ample, { command: 'merge' })
  expect(await exported(divided.path)).toEqual(expected)
  expect(new Set(teacher.asked.keys())).toEqual(requests)
  // Only a call that was on the wire when the process died can have been made again.
  expect(teacher.repeats()).toBeLessThanOrEqual(killed * concurrency)
})
