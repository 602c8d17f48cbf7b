import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Duplex, PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import Type, { type Static } from 'typebox'
import { closed, factory, filledText } from '../schemas/options.ts'
import { BubblewrapOptions, defaultLimits, orderOf } from './bubblewrap.ts'
import { environment } from './outer-jail.ts'
import { type Limits, type OpenOptions, Sandbox, SandboxError, type Session } from './sandbox.ts'
import { sandboxOf } from './sandbox-of.ts'
import { type Kernel, type KernelEnd, openSession } from './session.ts'

export const ContainerOptions = closed({
  ...BubblewrapOptions.properties,
  /** An image with Python and the libraries. It needs nothing of ours. */
  image: filledText,
  /** The program: `docker` or `podman`. */
  engine: Type.Optional(filledText),
})
export type ContainerOptions = Static<typeof ContainerOptions>

/**
 * A Docker or Podman container per session, for machines where bubblewrap cannot make a jail. It has no network, a
 * read-only root, no capabilities, and bounded memory, processes and disk. It is as strong as the engine is.
 */
export const container = factory(Sandbox, 'container', ContainerOptions, options => {
  const limits = { ...defaultLimits, ...options.limits }
  const { image, engine = 'docker', python = 'python3' } = options
  const open = async (wanted: OpenOptions): Promise<Session> => {
    const order = orderOf(limits, {}, wanted.seed, new Set())
    return openSession(start({ engine, image, python, limits }, order), limits, wanted)
  }
  return sandboxOf('container', { image, engine, ...(options.python ? { python } : {}) }, limits, open)
})

interface Container {
  engine: string
  image: string
  python: string
  limits: Limits
}

/** The engine's arguments for one session. Only the kernel's own files are shown to it, read-only. */
export function containerArguments({ image, python, limits }: Container, name: string): string[] {
  const sources = fileURLToPath(new URL('inside', import.meta.url))
  const variables = Object.entries(environment()).flatMap(([key, value]) => ['--env', `${key}=${value}`])
  const memory = `${limits.memoryMb}m`
  return [
    ...['run', '--interactive', '--rm', '--name', name, '--network', 'none', '--read-only'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '61500:61500'],
    ...['--pids-limit', String(limits.processes + 1), '--memory', memory, '--memory-swap', memory],
    ...['--oom-score-adj', '1000'],
    ...['--tmpfs', '/work:rw,nosuid,nodev,size=256m,nr_inodes=4096,mode=1777'],
    ...['--tmpfs', '/tmp:rw,nosuid,nodev,size=64m,nr_inodes=4096,mode=1777'],
    ...['--shm-size', '64m', '--hostname', 'sandbox', '--workdir', '/work', '--ipc', 'private'],
    ...['--volume', `${sources}:/sandbox:ro`, ...variables, '--entrypoint', python],
    ...[image, '-s', '-B', '/sandbox/container.py'],
  ]
}

function start(options: Container, order: object): Kernel {
  const name = `kindling-${randomUUID()}`
  const child = spawn(options.engine, containerArguments(options, name), { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = endOf(child, options.engine)
  child.stdin?.write(`${JSON.stringify(order)}\n`)
  const signal = (number: string, then = () => {}) =>
    execFile(options.engine, ['kill', '--signal', number, name], then)
  // The client goes too, so that an engine that cannot kill does not keep anyone waiting.
  const kill = () => void signal('KILL', () => child.kill('SIGKILL'))
  const interrupt = () => new Promise<void>(delivered => signal('INT', delivered))
  return { ...separate(child, kill), exited, pid: null, kill, interrupt }
}

/** Codes the engines themselves end with: the daemon failed, the command could not be started or was not found. */
const engineFailed = new Set([125, 126, 127])

function endOf(child: ChildProcess, engine: string): Promise<KernelEnd> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000)
  })
  return new Promise(resolve => {
    child.once('error', error =>
      resolve({ by: 'lost', message: `${engine} cannot be started: ${error.message}` }),
    )
    child.once('close', code =>
      resolve(
        engineFailed.has(code ?? 0)
          ? { by: 'lost', message: `${engine} failed: ${said.trim()}` }
          : { by: 'itself' },
      ),
    )
  })
}

const headBytes = 5
const maxBlock = 1 << 16

/**
 * Takes the three streams of the kernel out of the one that the engine carries. Anything that is no block ends the
 * container.
 */
function separate(child: ChildProcess, kill: () => void): Pick<Kernel, 'control' | 'stdout' | 'stderr'> {
  if (!child.stdin || !child.stdout) throw new SandboxError('the container has no streams')
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const
  child.stdin.on('error', () => {})
  let rest = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= headBytes) {
      const length = rest.readUInt32BE(1)
      const stream = streams[rest.readUInt8(0)]
      if (!stream || length > maxBlock) {
        rest = Buffer.alloc(0)
        return kill()
      }
      if (rest.length < headBytes + length) return
      stream.write(rest.subarray(headBytes, headBytes + length))
      rest = rest.subarray(headBytes + length)
    }
  })
  child.once('close', () => {
    for (const stream of streams) stream.end()
  })
  const control = Duplex.from({ readable: streams[0], writable: child.stdin })
  return { control, stdout: streams[1], stderr: streams[2] }
}
