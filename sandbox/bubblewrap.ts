import Type, { type Static } from 'typebox'
import { closed, factory, filledText } from '../schemas/options.ts'
import { type ForkServer, startForkServer } from './forkserver.ts'
import { jailParts } from './outer-jail.ts'
import type { Protection } from './protections.ts'
import { Limits, type OpenOptions, Sandbox, type Session } from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { openSession } from './session.ts'

export const BubblewrapOptions = closed({
  /** The Python to run, Debian's by default; a virtual environment's works too. */
  python: Type.Optional(filledText),
  limits: Type.Optional(Type.Partial(Limits)),
})
export type BubblewrapOptions = Static<typeof BubblewrapOptions>

/** What a sandbox allows unless it is told otherwise. */
export const defaultLimits: Limits = {
  cellMs: 20_000,
  memoryMb: 2048,
  processes: 32,
  outputBytes: 100_000,
  images: 10,
}

/**
 * A jail on this machine, made by bubblewrap around a warm Python. Each trajectory gets a fork in namespaces of its
 * own, with bounded disk, memory and processes and a system call filter. `fresh` sessions get a jail and a Python of
 * their own. Opening rejects with SandboxError, which says the cure, if this machine cannot contain code.
 */
export const bubblewrap = factory(Sandbox, 'bubblewrap', BubblewrapOptions, options => jail(options, []))

/**
 * The same with protections taken away or bounds changed, which only tests do.
 * @internal
 */
export function jail(
  options: BubblewrapOptions,
  off: readonly Protection[],
  bounds: Partial<Bounds> = {},
): Sandbox {
  const without = new Set(off)
  const limits = { ...defaultLimits, ...options.limits }
  const python = options.python ?? '/usr/bin/python3'
  const parts = once(() => jailParts(python, without))
  const servers = warmServer(async () => startForkServer(await parts(), 'warm'))

  const open = async (wanted: OpenOptions): Promise<Session> => {
    const order = orderOf(limits, bounds, wanted.seed, without)
    const openOn = async (server: ForkServer) =>
      openSession(await server.fork(order), limits, wanted, without)
    return wanted.fresh
      ? openAlone(await startForkServer(await parts(), 'cold'), openOn)
      : openOn(await servers.get())
  }
  const sandbox = sandboxOf('bubblewrap', options.python ? { python } : {}, limits, open)
  return { ...sandbox, describe: once(sandbox.describe), [Symbol.asyncDispose]: servers.stop }
}

/** Bounds of a trajectory that users do not set. Sizes in MiB. */
export interface Bounds {
  addressSpaceMb: number
  fileMb: number
  openFiles: number
  cpuSeconds: number
}

/** What the kernel of one trajectory is told. */
export function orderOf(
  limits: Limits,
  bounds: Partial<Bounds>,
  seed: number,
  without: ReadonlySet<Protection>,
) {
  const derived: Bounds = {
    addressSpaceMb: limits.memoryMb + 2048,
    fileMb: 64,
    openFiles: 256,
    cpuSeconds: Math.max(60, Math.ceil(limits.cellMs / 1000) * 30),
  }
  const { memoryMb, processes, images } = limits
  return { seed, images, without: [...without], limits: { ...derived, ...bounds, memoryMb, processes } }
}

/** A session on a server of its own, which ends with it. */
async function openAlone(
  server: ForkServer,
  open: (server: ForkServer) => Promise<Session>,
): Promise<Session> {
  try {
    const session = await open(server)
    return {
      exec: session.exec,
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch(error => {
      made = null
      throw error
    })
    return made
  }
}

/** Starts the warm server when it is first wanted, and again if it has died. */
function warmServer(start: () => Promise<ForkServer>) {
  let current: Promise<ForkServer> | null = null
  const forget = (gone: Promise<ForkServer>) => {
    if (current === gone) current = null
  }
  const get = async (): Promise<ForkServer> => {
    current ??= start()
    const mine = current
    const server = await mine.catch(error => {
      forget(mine)
      throw error
    })
    if (server.running) return server
    forget(mine)
    return get()
  }
  return {
    get,
    async stop() {
      const server = await current?.catch(() => null)
      current = null
      await server?.stop()
    },
  }
}
