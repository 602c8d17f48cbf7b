import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'

const main = join(import.meta.dirname, '../../cli/main.ts')
const config = join(import.meta.dirname, 'signals.config.ts')
const tasks = 6

/** Run the config in a process group of its own and send the whole group signals when the part that is held says so. */
async function stopped(held: string, signals: readonly NodeJS.Signals[]) {
  await using folder = await temporaryFolder()
  const go = join(folder.path, 'go')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'run', config, '--json'],
    {
      env: { ...process.env, HELD: held, GO: go, OUTPUT: folder.path },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  )
  const lines: string[] = []
  let sent = false
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    if (sent || line !== `at ${held}`) continue
    sent = true
    for (const signal of signals) process.kill(-(child.pid ?? 0), signal)
    await writeFile(go, '')
  }
  if (child.exitCode === null) await once(child, 'close')
  const stages = lines.flatMap(line => (line.startsWith('{"kind":"stage"') ? [JSON.parse(line).stage] : []))
  const begun = lines.filter(line => line === `at ${held}`).length
  return { code: child.exitCode, last: lines.at(-1), stage: stages.at(-1), begun }
}

/** The part of the run that is at work, the stage that it belongs to, and how much of it may have been begun. */
const parts: [held: string, stage: string, most: number][] = [
  ['intake', 'intake', 4],
  ['screen', 'screen', 2],
  ['child', 'synthesize', 2],
  ['synthesize', 'synthesize', 2],
  ['verify', 'verify', 2],
  ['stuck', 'verify', 2],
  ['filter', 'curate', 1],
  ['selector', 'curate', 1],
  ['export', 'export', 1],
]

test.each(parts.flatMap(part => (['SIGINT', 'SIGTERM'] as const).map(signal => [signal, ...part] as const)))(
  'the first %s at work on %s ends the run in its stage %s, interrupted',
  async (signal, held, stage, most) => {
    expect(most).toBeLessThan(tasks)
    const { begun, ...ended } = await stopped(held, [signal])
    expect(ended).toEqual({ code: 130, last: 'interrupted', stage })
    expect(begun).toBeGreaterThan(0)
    expect(begun).toBeLessThanOrEqual(most)
  },
)

test('two signals that arrive at once, while nothing else is let in, end it as one does', async () => {
  const { begun, ...ended } = await stopped('filter', ['SIGTERM', 'SIGTERM'])
  expect(ended).toEqual({ code: 130, last: 'interrupted', stage: 'curate' })
  expect(begun).toBe(1)
})
