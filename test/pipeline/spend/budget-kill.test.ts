import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures.ts'
import { countingTeacher } from '../counting-teacher.ts'
import { ownPrices } from '../own-prices.ts'

type Teacher = Awaited<ReturnType<typeof countingTeacher>>

const root = join(import.meta.dirname, '../../..')
const args = [
  '--disable-warning=ExperimentalWarning',
  'cli/main.ts',
  'run',
  'test/pipeline/spend/budget.config.ts',
]

/** Every call is charged as much as one can be: one USD per token. */
const usage = { prompt_tokens: 16_000, completion_tokens: 4096 }
const each = usage.prompt_tokens + usage.completion_tokens
const rates = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e6 }

/** Run the command, killed at that many requests and replies; gives the exit status and what it said. */
async function runOnce(teacher: Teacher, env: Record<string, string>, fuse = Number.POSITIVE_INFINITY) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TEACHER_URL: teacher.url, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let events = 0
  const count = () => ++events === fuse && child.kill('SIGKILL')
  teacher.events.on('event', count)
  const said = text(child.stderr)
  const [code] = await once(child, 'close')
  teacher.events.off('event', count)
  return { code, said: await said }
}

test('the budget holds although the process is killed with calls in flight, and ends the run with its own status', async () => {
  await using teacher = await countingTeacher(usage)
  await using prices = await ownPrices({ 'kindling-program-1': rates })
  await using runs = await temporaryFolder()
  const budget = 16 * each
  const env = { RUNS: runs.path, PRICES: prices.path, BUDGET: String(budget) }
  for (const fuse of [1, 2, 4]) await runOnce(teacher, env, fuse)
  const killed = teacher.requests()
  expect(killed).toBeGreaterThan(2)
  const { code, said } = await runOnce(teacher, env)
  expect(code, said).toBe(4)
  expect(said.trim().split('\n').at(-1)).toMatch(
    /^the budget of \$321536\.00 is used up: \$\d+\.\d\d are spent/,
  )
  expect(teacher.requests()).toBeGreaterThan(killed)
  expect(teacher.requests() * each).toBeLessThanOrEqual(budget)

  const again = await runOnce(teacher, env)
  expect(again.code).toBe(4)
  expect(teacher.requests() * each).toBeLessThanOrEqual(budget)
})
