import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openSqliteLimiter } from '../../store/sqlite-limiter.ts'
import { limiterConformance } from '../conformance/limiter.ts'
import { temporaryFolder } from '../fixtures.ts'

limiterConformance(async work => {
  await using folder = await temporaryFolder()
  await work(() => openSqliteLimiter(folder.path))
})

interface Taken {
  at: number
  actual: number
}

/** A process that waits for its start and then takes tokens. */
async function taker(folder: string, perMinute: number, seed: number) {
  const args = [join(import.meta.dirname, 'taker.ts'), folder, String(perMinute), String(seed)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [ready] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
  if (!ready) throw new Error('the process ended before it was ready')
  const taken: Taken[] = []
  lines.on('line', line => taken.push(JSON.parse(line)))
  return async (until: number) => {
    const closed = once(lines, 'close')
    child.stdin.write(`${until}\n`)
    await closed
    return taken
  }
}

test('many processes may open a new file at once', async () => {
  await using folder = await temporaryFolder()
  const takers = await Promise.all(
    Array.from({ length: 8 }, (_, seed) => taker(folder.path, 6_000_000, seed + 1)),
  )
  const taken = await Promise.all(takers.map(start => start(0)))
  expect(taken.flat()).toEqual([])
})

test('two processes use a rate of tokens together, and not more than it', async () => {
  await using folder = await temporaryFolder()
  const [perMinute, seconds] = [4_800_000, 3]
  const takers = await Promise.all([1, 2].map(seed => taker(folder.path, perMinute, seed)))
  const until = Date.now() + seconds * 1000
  const each = await Promise.all(takers.map(start => start(until)))
  const all = each.flat().sort((a, b) => a.at - b.at)
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last) throw new Error('nothing was taken')
  // A burst at the start is allowed; what the last one cost is not earned yet when it is let through.
  const used = all.slice(0, -1).reduce((sum, { actual }) => sum + actual, 0)
  const allowed = ((last.at - first.at + 1000) * perMinute) / 60_000
  for (const { length } of each) expect(length).toBeGreaterThan(10)
  expect(used / allowed).toBeGreaterThan(0.95)
  expect(used / allowed).toBeLessThan(1.02)
})
