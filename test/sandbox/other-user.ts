import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CellResult, Sandbox } from '../../sandbox/sandbox.ts'
import { tightLimits } from '../conformance/sandbox/abuse.ts'
import type { Kind, Request } from './user-process.ts'

type Ask = Request extends infer Each ? (Each extends { id: number } ? Omit<Each, 'id'> : never) : never

/** A checkout's sandbox and a node that an ordinary user can read, wherever this checkout is. */
async function copyFor(uid: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kindling-user-'))
  await chmod(folder, 0o755)
  for (const part of [
    'sandbox',
    'schemas',
    'test/sandbox',
    'test/conformance/sandbox',
    'node_modules/typebox',
  ])
    await cp(path.join(process.cwd(), part), path.join(folder, part), { recursive: true })
  await cp(path.join(process.cwd(), 'package.json'), path.join(folder, 'package.json'))
  await cp(process.execPath, path.join(folder, 'node'), { dereference: true })
  await mkdir(path.join(folder, 'cache'))
  await chown(path.join(folder, 'cache'), uid, uid)
  return folder
}

/** A jail that an ordinary user started: its calls go to a process of that user. Only root can make one. */
export async function otherUser(uid: number) {
  const folder = await copyFor(uid)
  const child = fork(path.join(folder, 'test/sandbox/user-process.ts'), {
    execPath: path.join(folder, 'node'),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    uid,
    gid: uid,
    cwd: '/',
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    },
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', ({ id, value, error }: { id: number; value: unknown; error?: string }) => {
    if (error) waiting.get(id)?.reject(new Error(error))
    else waiting.get(id)?.resolve(value)
    waiting.delete(id)
  })
  let died: Error | undefined
  child.on('exit', (code, signal) => {
    died = new Error(`the other user's process ended with ${signal ?? code}`)
    for (const { reject } of waiting.values()) reject(died)
    waiting.clear()
  })
  let last = 0
  const ask = (request: Ask): Promise<unknown> => {
    if (died) return Promise.reject(died)
    const answer = Promise.withResolvers<unknown>()
    last += 1
    waiting.set(last, answer)
    child.send({ ...request, id: last })
    return answer.promise
  }
  return {
    sandbox: (kind: Kind) => remote(ask, kind),
    /** The process that the calls go to, and a folder of its user. */
    pid: child.pid ?? 0,
    home: path.join(folder, 'cache'),
    async stop() {
      if (child.connected) child.disconnect()
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}

function remote(ask: (request: Ask) => Promise<unknown>, kind: Kind): Sandbox {
  return {
    name: 'other-user',
    options: {},
    limits: tightLimits,
    describe: () => Promise.reject(new Error('not asked here')),
    async open(options) {
      const session = (await ask({ type: 'open', options, kind })) as number
      return {
        exec: (code, { timeoutMs } = {}) =>
          ask({ type: 'exec', session, code, timeoutMs }) as Promise<CellResult>,
        async [Symbol.asyncDispose]() {
          await ask({ type: 'close', session })
        },
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}
