import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'

const main = join(import.meta.dirname, '../../cli/main.ts')
const config = join(import.meta.dirname, 'signals.config.ts')

/** What a command ends with where it gets signals while it is at loading a module. */
async function heldAt(module: string, args: string[], signals: readonly NodeJS.Signals[]) {
  await using folder = await temporaryFolder()
  const hold = join(import.meta.dirname, 'held-module.ts')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', hold, main, ...args],
    { cwd: folder.path, env: { ...process.env, HELD: module }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    if (line === 'held') for (const signal of signals) child.kill(signal)
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return { code: child.exitCode, lines }
}

/** What is being loaded when the signal comes, and the command. */
const moments: [module: string, ...args: string[]][] = [
  ['/schemas/version.ts', '--help'],
  ['/cli/job-commands.ts', 'run', config],
  ['/pipeline/jobs/open-run.ts', 'run', config],
  ['/test/cli/signals.config.ts', 'run', config],
  ['/test/cli/signals.config.ts', 'plan', config],
  ['/test/cli/signals.config.ts', 'curate', config],
  ['/test/cli/signals.config.ts', 'export', config],
  ['/test/cli/signals.config.ts', 'flips', config],
  ['/test/cli/signals.config.ts', 'replay', config],
  ['/test/cli/signals.config.ts', 'rescue', config, '--list'],
  ['/test/cli/signals.config.ts', 'doctor', config],
  ['/cli/init.ts', 'init'],
  ['/cli/plan.ts', 'plan', config],
  ['/cli/setup.ts', 'setup'],
  ['/cli/showing/show.ts', 'show', 'a'],
  ['/cli/run-folder.ts', 'stats'],
  ['/cli/searches.ts', 'searches'],
  ['/cli/watching/status.ts', 'status'],
]

test.each(moments)('a signal while %s is loaded for `kindling %s` interrupts it', async (module, ...args) => {
  expect(await heldAt(module, args, ['SIGINT'])).toEqual({ code: 130, lines: ['held', 'interrupted'] })
})

test.each([['SIGTERM'], ['SIGINT', 'SIGINT']] satisfies NodeJS.Signals[][])(
  '%s %s at once are one interruption',
  async (...signals) => {
    for (const [module, ...args] of moments.slice(0, 4))
      expect(await heldAt(module, args, signals)).toEqual({ code: 130, lines: ['held', 'interrupted'] })
  },
)
