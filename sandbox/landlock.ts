import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, chown, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { factory } from '../schemas/options.ts'
import { BubblewrapOptions, defaultLimits, orderOf } from './bubblewrap.ts'
import { fontList } from './fonts.ts'
import { environment, jailUser, kernelFiles } from './outer-jail.ts'
import { occupy, ownFolder } from './own-folder.ts'
import type { Protection } from './protections.ts'
import { pythonHome } from './python-home.ts'
import { type OpenOptions, Sandbox, SandboxError, type Session } from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { seccompFilter } from './seccomp.ts'
import { type Kernel, type KernelEnd, openSession } from './session.ts'

const tooOld = 96

/**
 * A weaker jail by the kernel's Landlock, for machines where no other can be made (Linux 6.12 or later). Landlock
 * bounds which files code reaches; sockets and new processes are forbidden, and so is what Landlock does not see:
 * owners and attributes of files, and limits and priorities of other processes. Modes and times of files cannot be set
 * either, but code that tries is not told. Unlike `bubblewrap` it does not bound the disk, it shows whether a path of
 * this machine exists and how large it is, and code that starts programs fails. It is never chosen by itself, and is
 * recorded as kind `landlock`. Opening rejects with SandboxError if the kernel is too old.
 */
export const landlock = factory(Sandbox, 'landlock', BubblewrapOptions, options => landlockJail(options, []))

/**
 * The same with protections taken away, which only tests do.
 * @internal
 */
export function landlockJail(options: BubblewrapOptions, off: readonly Protection[]): Sandbox {
  const without = new Set(off)
  const limits = { ...defaultLimits, ...options.limits }
  const python = options.python ?? '/usr/bin/python3'

  const open = async (wanted: OpenOptions): Promise<Session> => {
    const folder = await ownFolder(without)
    const occupied = await occupy(folder)
    const clean = async () => {
      occupied.close()
      await rm(folder, { recursive: true, force: true })
    }
    try {
      await layOut(folder, python, without)
      const { executable, folders } = await pythonHome(python)
      const order = { ...orderOf(limits, {}, wanted.seed, without), folders, parent: process.pid }
      return removing(await openSession(start(executable, folder, order), limits, wanted), clean)
    } catch (error) {
      await clean()
      throw error
    }
  }
  return sandboxOf('landlock', { ...(options.python ? { python } : {}) }, limits, open)
}

/** Fills a folder with the kernel's files, readable by all, and in it `work`, which belongs to the code. */
async function layOut(folder: string, python: string, without: ReadonlySet<Protection>): Promise<void> {
  const { uid, gid } = jailUser()
  await chmod(folder, 0o755)
  for (const name of ['work', 'ours', 'ours/site', 'ours/fonts']) await mkdir(path.join(folder, name))
  const source = (name: string) => fileURLToPath(new URL(`inside/${name}`, import.meta.url))
  for (const name of [...kernelFiles, 'landlock.py'])
    await copyFile(source(name), path.join(folder, 'ours', name))
  await writeFile(path.join(folder, 'ours/filter'), seccompFilter({ threadsOnly: true, without }))
  const fonts = await fontList(python)
  if (fonts) await writeFile(path.join(folder, 'ours/fonts', fonts.name), fonts.bytes)
  if (uid !== undefined && gid !== undefined) await chown(path.join(folder, 'work'), uid, gid)
}

/** What the kernel is told: `limits` are its bounds. */
type Order = ReturnType<typeof orderOf>

function start(executable: string, folder: string, order: Order): Kernel {
  const work = path.join(folder, 'work')
  const script = path.join(folder, 'ours/landlock.py')
  const child = spawn(executable, ['-s', '-B', script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...environment(), HOME: work, TMPDIR: work, MPLCONFIGDIR: path.join(work, '.fonts') },
    cwd: work,
    detached: true,
    ...jailUser(),
  })
  // No process can be made inside, so ending this one ends all.
  const kill = () => void child.kill('SIGKILL')
  const memory = watchMemory(child.pid ?? 0, order, kill)
  const exited = new Promise<KernelEnd>(resolve => {
    child.once('error', error => resolve({ by: 'lost', message: error.message }))
    child.once('exit', code =>
      resolve(
        code === tooOld ? { by: 'lost', message: needsNewer } : { by: memory.stop() ? 'memory' : 'itself' },
      ),
    )
  })
  const { stdout, stderr } = child
  const control = child.stdio[3] as Duplex | null
  if (!stdout || !stderr || !control) throw new SandboxError(`${executable} could not be started`)
  return {
    control,
    stdout,
    stderr,
    exited,
    pid: child.pid ?? null,
    kill,
    interrupt: async () => void child.kill('SIGINT'),
  }
}

const watchMs = 150
const mib = 2 ** 20

/** Ends a process that holds too much. `stop` says whether it did. */
function watchMemory(pid: number, { limits, without }: Order, kill: () => void): { stop(): boolean } {
  let over = false
  const look = () => {
    if (over || heldBytes(pid) <= limits.memoryMb * mib) return
    over = true
    kill()
  }
  const timer = setInterval(() => !without.includes('watchdog') && look(), watchMs).unref()
  return {
    stop() {
      clearInterval(timer)
      return over
    },
  }
}

/** What is in memory or swapped out, and page tables. 0 for a process that has gone. */
function heldBytes(pid: number): number {
  try {
    const lines = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(
      /^(?:RssAnon|RssShmem|VmSwap|VmPTE):\s+(\d+)/gm,
    )
    return [...lines].reduce((sum, [, kilobytes]) => sum + 1024 * Number(kilobytes), 0)
  } catch {
    return 0
  }
}

const needsNewer =
  'Landlock here cannot contain signals and sockets: it needs Linux 6.12 or later with Landlock enabled'

function removing(session: Session, clean: () => Promise<void>): Session {
  return {
    exec: session.exec,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await clean()
    },
  }
}
