import { spawn } from 'node:child_process'
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { factory } from '../schemas/options.ts'
import { BubblewrapOptions, defaultLimits, orderOf } from './bubblewrap.ts'
import { fontList } from './fonts.ts'
import { environment, jailUser, kernelFiles } from './outer-jail.ts'
import { pythonHome } from './python-home.ts'
import { type OpenOptions, Sandbox, SandboxError, type Session } from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { seccompFilter } from './seccomp.ts'
import { type KernelEnd, openSession } from './session.ts'

const tooOld = 96

/**
 * A weaker jail by the kernel's Landlock, for machines where no other can be made (Linux 6.12 or later). Landlock
 * bounds which files code reaches; sockets and new processes are forbidden. Unlike `bubblewrap` it does not bound the
 * disk, and code that starts programs fails. It is never chosen by itself, and is recorded as kind `landlock`. Opening
 * rejects with SandboxError if the kernel is too old.
 */
export const landlock = factory(Sandbox, 'landlock', BubblewrapOptions, options => {
  const limits = { ...defaultLimits, ...options.limits }
  const python = options.python ?? '/usr/bin/python3'

  const open = async (wanted: OpenOptions): Promise<Session> => {
    const folder = await layOut(python)
    try {
      const { executable, folders } = await pythonHome(python)
      const order = orderOf(limits, {}, wanted.seed, new Set(['processes']))
      const kernel = start(executable, folder, { ...order, folders })
      const session = await openSession(kernel, limits, wanted)
      return removing(session, folder)
    } catch (error) {
      await rm(folder, { recursive: true })
      throw error
    }
  }
  return sandboxOf('landlock', { ...(options.python ? { python } : {}) }, limits, open)
})

/** A folder with the kernel's files, readable by all, and in it `work`, which belongs to the code. */
async function layOut(python: string): Promise<string> {
  const { uid, gid } = jailUser()
  const folder = await mkdtemp(path.join(uid === undefined ? tmpdir() : '/tmp', 'kindling-landlock-'))
  await chmod(folder, 0o755)
  for (const name of ['work', 'ours', 'ours/site', 'ours/fonts']) await mkdir(path.join(folder, name))
  const source = (name: string) => fileURLToPath(new URL(`inside/${name}`, import.meta.url))
  for (const name of [...kernelFiles, 'landlock.py'])
    await copyFile(source(name), path.join(folder, 'ours', name))
  await writeFile(path.join(folder, 'ours/filter'), seccompFilter({ threadsOnly: true }))
  const fonts = await fontList(python)
  if (fonts) await writeFile(path.join(folder, 'ours/fonts', fonts.name), fonts.bytes)
  if (uid !== undefined && gid !== undefined) await chown(path.join(folder, 'work'), uid, gid)
  return folder
}

function start(executable: string, folder: string, order: object) {
  const work = path.join(folder, 'work')
  const script = path.join(folder, 'ours/landlock.py')
  const child = spawn(executable, ['-s', '-B', script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...environment(), HOME: work, TMPDIR: work, MPLCONFIGDIR: path.join(work, '.fonts') },
    cwd: work,
    detached: true,
    ...jailUser(),
  })
  const exited = new Promise<KernelEnd>(resolve => {
    child.once('error', error => resolve({ by: 'lost', message: error.message }))
    child.once('exit', code =>
      resolve(code === tooOld ? { by: 'lost', message: needsNewer } : { by: 'itself' }),
    )
  })
  const { stdout, stderr } = child
  const control = child.stdio[3] as Duplex | null
  if (!stdout || !stderr || !control) throw new SandboxError(`${executable} could not be started`)
  // No process can be made inside, so ending this one ends all.
  return {
    control,
    stdout,
    stderr,
    exited,
    pid: child.pid ?? null,
    kill: () => child.kill('SIGKILL'),
    interrupt: async () => void child.kill('SIGINT'),
  }
}

const needsNewer =
  'Landlock here cannot contain signals and sockets: it needs Linux 6.12 or later with Landlock enabled'

function removing(session: Session, folder: string): Session {
  return {
    exec: session.exec,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
