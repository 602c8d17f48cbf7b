import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { chance } from '../../teachers/program/random.ts'

const root = join(import.meta.dirname, '../..')

interface Killable {
  config: string
  /** What is done with the config: `run` by default. */
  command?: string
  /** What stands behind it. */
  options?: string[]
  /** The status that it may end with: 0 by default. */
  statuses?: number[]
  env: Record<string, string>
  /** `event` for every request and reply of a model, `request` also for a request before it is answered. */
  events: EventEmitter
}

/** Kills a process at so many requests, or at so many things that are seen of it: requests, replies and lines of progress. */
export interface Fuse {
  on: 'request' | 'event'
  at: number
}

/**
 * Fuses from a seed, which is printed; KILL_SEED gives it again. The first `sure` burn at requests, which wait for their
 * replies: whoever made them is there to be killed. Together they are not more than the `requests` of the whole run, so each
 * finds some that are still to be made. `others` burn at anything, within these bounds: they may find the run finished.
 */
export function fusesFor({ sure, requests, others, within }: FuseBounds, seed = killSeed()): Fuse[] {
  console.info(`KILL_SEED=${seed}`)
  const draw = (index: number, from: number, below: number) =>
    from + Math.floor(chance(seed, index) * (below - from))
  const most = Math.floor(requests / sure)
  return [
    ...Array.from({ length: sure }, (_, index): Fuse => ({ on: 'request', at: draw(index, 1, most + 1) })),
    ...Array.from(
      { length: others },
      (_, index): Fuse => ({ on: 'event', at: draw(sure + index, ...within) }),
    ),
  ]
}

interface FuseBounds {
  sure: number
  requests: number
  others: number
  within: [from: number, below: number]
}

const killSeed = () => process.env.KILL_SEED ?? randomBytes(4).toString('hex')

/** Run the command, to its end or until the fuse burns. */
export async function runOnce(
  { config, command = 'run', options = [], statuses = [0], env, events }: Killable,
  fuse?: Fuse,
): Promise<'killed' | 'finished'> {
  const args = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', command, config, ...options, '--json']
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  let seen = 0
  const count = () => {
    if (++seen === fuse?.at) child.kill('SIGKILL')
  }
  if (fuse) events.on(fuse.on, count)
  createInterface({ input: child.stderr }).on('line', line => {
    lines.push(line)
    if (fuse?.on === 'event') count()
  })
  const [code, signal] = await once(child, 'close')
  if (fuse) events.off(fuse.on, count)
  if (signal === 'SIGKILL') return 'killed'
  expect(statuses, lines.join('\n')).toContain(code)
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
