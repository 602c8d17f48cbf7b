import { spawn } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'

const root = join(import.meta.dirname, '../..')

interface Killable {
  config: string
  env: Record<string, string>
  /** `event` for every request and reply of the teacher. */
  events: EventEmitter
}

/** Run the command; with `fuse`, kill it at that many events: requests, replies and lines of progress. */
export async function runOnce(
  { config, env, events }: Killable,
  fuse = Number.POSITIVE_INFINITY,
): Promise<'killed' | 'finished'> {
  const args = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', 'run', config, '--json']
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  let seen = 0
  const count = () => {
    if (++seen === fuse) child.kill('SIGKILL')
  }
  events.on('event', count)
  createInterface({ input: child.stderr }).on('line', line => {
    lines.push(line)
    count()
  })
  const [code, signal] = await once(child, 'close')
  events.off('event', count)
  if (signal === 'SIGKILL') return 'killed'
  expect(code, lines.join('\n')).toBe(0)
  return 'finished'
}

/** Every file of an export, by its content. */
export async function exported(runs: string): Promise<Record<string, string>> {
  const folder = join(runs, 'killed', 'export')
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  )
  const paths = names.map(entry => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path.slice(folder.length), sha256(await readFile(path))])),
  )
}
