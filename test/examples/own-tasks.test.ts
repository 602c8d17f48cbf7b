import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { runConfig } from './run.ts'

test('the example of own tasks solves all of them and keeps what it solved', async () => {
  await using folder = await temporaryFolder()
  const { funnel } = await runConfig('examples/own-tasks.config.ts', { RUNS: folder.path })
  expect(funnel).toMatchObject({ rollouts: 6, answered: 6, kept: 6, dropped: [] })
})
