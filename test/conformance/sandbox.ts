import { randomInt, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Bounds } from '../../sandbox/bubblewrap.ts'
import type { CellResult, Sandbox } from '../../sandbox/sandbox.ts'
import { type Abuse, type Bait, helpers, type Step } from './sandbox/abuse.ts'
import { exhaustion } from './sandbox/exhaustion.ts'
import { forgery } from './sandbox/forgery.ts'
import { holding } from './sandbox/holding.ts'
import { leftovers } from './sandbox/leftovers.ts'
import { mischief } from './sandbox/mischief.ts'
import { privilege } from './sandbox/privilege.ts'
import { reach } from './sandbox/reach.ts'

export interface SandboxUnderTest {
  /** With `tightLimits`. */
  make(bounds: Partial<Bounds>): Sandbox
  fresh: boolean
}

/** What every jail must contain. A new one is done when this passes. */
export function sandboxConformance(name: string, { make, fresh }: SandboxUnderTest) {
  describe.concurrent(name, () => {
    const sandbox = make({})
    const bait = setBait()
    afterAll(() => sandbox[Symbol.asyncDispose]())
    const abuses = [...reach, ...privilege, ...exhaustion, ...holding, ...forgery, ...mischief, ...leftovers]
    for (const abuse of abuses)
      test(abuse.title, async () => {
        if (!abuse.bounds) return tryAbuse(abuse, sandbox, fresh, bait())
        await using own = make(abuse.bounds)
        await tryAbuse(abuse, own, fresh, bait())
      })
  })
}

async function tryAbuse(abuse: Abuse, sandbox: Sandbox, fresh: boolean, bait: Bait): Promise<void> {
  const results = await runSteps(sandbox, abuse.cells(bait), fresh)
  await abuse.check(results, bait)
  abuse.after?.(bait)
}

/** Runs cells in one session and closes it. */
export async function runSteps(sandbox: Sandbox, steps: Step[], fresh: boolean): Promise<CellResult[]> {
  await using session = await sandbox.open({ files: {}, prelude: helpers, seed: 0, fresh })
  const results: CellResult[] = []
  for (const step of steps) {
    const { code, idleMs, ...options } = typeof step === 'string' ? { code: step, idleMs: 0 } : step
    if (idleMs) await setTimeout(idleMs)
    results.push(await session.exec(code, options))
  }
  return results
}

/** Puts a CANARY everywhere a leak would find it: a port, a socket, a file, the environment. */
export function setBait(): () => Bait {
  const servers = [
    createServer(socket => socket.end('CANARY')),
    createServer(socket => socket.end('CANARY')),
  ] as const
  const abstractSocket = `kindling-canary-${randomUUID()}`
  let bait: Omit<Bait, 'sleep'> | undefined
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kindling-canary-'))
    const file = path.join(folder, 'secret.txt')
    await writeFile(file, 'CANARY', { mode: 0o644 })
    process.env.KINDLING_TEST_API_KEY = 'CANARY'
    await new Promise<void>(done => servers[0].listen(0, '127.0.0.1', done))
    await new Promise<void>(done => servers[1].listen(`\0${abstractSocket}`, done))
    const address = servers[0].address()
    const port = address && typeof address === 'object' ? address.port : 0
    bait = {
      port,
      abstractSocket,
      file,
      folder: process.cwd(),
      pid: process.pid,
    }
  })
  afterAll(async () => {
    for (const server of servers) server.close()
    await rm(folder, { recursive: true })
  })
  return () => {
    if (!bait) throw new Error('the bait is not set yet')
    return { ...bait, sleep: 1e6 + randomInt(1e9) }
  }
}
