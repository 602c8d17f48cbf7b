import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { runConfig } from './run.ts'

test('the screening example sends tasks both ways, and the teacher is asked only about its own', async () => {
  await using folder = await temporaryFolder()
  const { funnel } = await runConfig('examples/screening.config.ts', { RUNS: folder.path })
  const { tasks = 0, sft = 0, rl = 0, drop = 0, unscreened } = funnel.screened ?? {}
  expect([tasks, unscreened]).toEqual([12, 0])
  expect(sft + rl + drop).toBe(tasks)
  expect(sft).toBeGreaterThan(0)
  expect(rl).toBeGreaterThan(0)
  expect(funnel.rollouts).toBe(sft)
})
