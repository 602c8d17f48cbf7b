import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ownControlGroup } from './control-group.ts'
import { sandboxRefusal } from './diagnosis.ts'
import { type JailParts, jailUser, spawnJail } from './outer-jail.ts'
import { ownFolder } from './own-folder.ts'
import { pidBelow } from './processor-time.ts'
import { SandboxError } from './sandbox.ts'
import type { Kernel, KernelEnd } from './session.ts'

/** What a trajectory is told, as far as it matters here. */
interface Order {
  limits: { addressSpaceMb: number }
}

/** A Python in its outer jail that gives a jailed copy of itself for each trajectory. */
export interface ForkServer {
  fork(order: Order): Promise<Kernel>
  /** Ends it with everything in it; settles when nothing of it is left. */
  stop(): Promise<void>
  readonly running: boolean
  /** The pid of the outer jail, seen from here. */
  pid: number
}

const roles = ['control', 'stdout', 'stderr'] as const
type Role = (typeof roles)[number]

interface Expected {
  sockets: Partial<Record<Role, Socket>>
  connected(sockets: Record<Role, Socket>): void
  /** `pid` is that of the fork server's namespace. */
  forked(pid: number): void
  /** What waits for its interrupt to be delivered, first come first. */
  interrupts: (() => void)[]
  exited(exit: KernelEnd): void
}

/**
 * Starts one and waits until its libraries are imported. Rejects with SandboxError, with the cure, where that fails.
 */
export async function startForkServer(parts: JailParts, mode: 'warm' | 'cold'): Promise<ForkServer> {
  const expected = new Map<string, Expected>()
  const folder = await socketFolder(parts)
  const server = await listen(folder, parts, expected)
  const child = spawnJail(parts, folder)
  const gone = endOf(child, () => {
    server.close()
    return rm(folder, { recursive: true, force: true })
  })
  let running = true
  gone.then(message => {
    running = false
    for (const one of expected.values())
      one.exited({ by: 'lost', message: `the sandbox's fork server ended: ${message}` })
    expected.clear()
  })
  const up = Promise.withResolvers<void>()
  followEvents(child, expected, up.resolve)
  const order = (message: object) => child.stdin?.write(`${JSON.stringify(message)}\n`)
  order({ warm: mode === 'warm' })
  await Promise.race([up.promise, gone.then(message => Promise.reject(sandboxRefusal(message)))])
  return {
    fork: options =>
      fork(options, expected, order, inner =>
        adopt(child.pid ?? 0, inner, parts.without.has('cpu_share') ? null : options.limits.addressSpaceMb),
      ),
    async stop() {
      child.kill('SIGKILL')
      await gone
    },
    get running() {
      return running
    },
    pid: child.pid ?? 0,
  }
}

interface Adopted {
  pid: number | null
  /** Takes its control groups away, where it has some. */
  leave: (() => void) | null
}

/**
 * Finds a new process of the jail here, and has it share the machine with the others while it sets itself up. All of a
 * session may take as much of the machine's memory as one process has addresses for: the watchdog ends it long before,
 * unless it holds what no figure tells.
 */
async function adopt(jail: number, inner: number, memoryMb: number | null): Promise<Adopted> {
  const pid = pidBelow(jail, inner)
  return { pid, leave: pid === null || memoryMb === null ? null : await ownControlGroup(pid, memoryMb) }
}

function fork(
  options: object,
  expected: Map<string, Expected>,
  order: (message: object) => void,
  adopt: (inner: number) => Promise<Adopted>,
): Promise<Kernel> {
  const name = randomBytes(16).toString('hex')
  const { promise: exited, resolve: exit } = Promise.withResolvers<KernelEnd>()
  const connected = Promise.withResolvers<Record<Role, Socket>>()
  const forked = Promise.withResolvers<Adopted>()
  forked.promise.then(({ leave }) => leave && exited.then(leave))
  return new Promise((resolve, reject) => {
    const tell = (type: string) => expected.has(name) && order({ type, name })
    const interrupts: (() => void)[] = []
    const interrupt = () =>
      new Promise<void>(delivered => {
        interrupts.push(delivered)
        tell('interrupt')
      })
    expected.set(name, {
      sockets: {},
      interrupts,
      connected: sockets => connected.resolve(sockets),
      forked: inner => forked.resolve(adopt(inner)),
      exited(how) {
        expected.delete(name)
        exit(how)
        reject(
          new SandboxError(how.by === 'lost' ? how.message : 'the jail of a trajectory could not be set up'),
        )
      },
    })
    const up = Promise.all([connected.promise, forked.promise])
    up.then(([sockets, { pid }]) => resolve({ ...sockets, pid, kill: () => tell('kill'), interrupt, exited }))
    order({ type: 'fork', name, ...options })
  })
}

/** What the child said last, once all of it is gone. */
function endOf(child: ChildProcess, clean: () => Promise<void>): Promise<string> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  child.stdin?.on('error', () => {})
  return new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(said || `exit code ${code ?? signal}`))
  }).then(async message => {
    await clean()
    return message
  })
}

type Event =
  | { type: 'up' }
  | { type: 'forked'; name: string; pid: number }
  | { type: 'memory' | 'interrupted' | 'exit'; name: string }

function followEvents(child: ChildProcess, expected: Map<string, Expected>, up: () => void): void {
  const overMemory = new Set<string>()
  if (!child.stdout) return
  createInterface(child.stdout).on('line', line => {
    const event = JSON.parse(line) as Event
    if (event.type === 'up') up()
    if (event.type === 'forked') expected.get(event.name)?.forked(event.pid)
    if (event.type === 'memory') overMemory.add(event.name)
    if (event.type === 'interrupted') expected.get(event.name)?.interrupts.shift()?.()
    if (event.type === 'exit')
      expected.get(event.name)?.exited({ by: overMemory.delete(event.name) ? 'memory' : 'itself' })
  })
}

/** A private folder for the socket, owned by the user of the jail. */
async function socketFolder({ without }: JailParts): Promise<string> {
  const { uid, gid } = jailUser(without)
  const folder = await ownFolder(without)
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  await chmod(folder, 0o700)
  return folder
}

async function listen(
  folder: string,
  { without }: JailParts,
  expected: Map<string, Expected>,
): Promise<Server> {
  const socket = path.join(folder, 'socket')
  const server = createServer(connection => {
    connection.on('error', () => connection.destroy())
    greet(connection, expected)
  })
  server.listen(socket)
  await once(server, 'listening')
  const { uid, gid } = jailUser(without)
  if (uid !== undefined && gid !== undefined) await chown(socket, uid, gid)
  return server
}

const greetingBytes = 64

/** A connection says whose it is and what for in one padded line; anything else is closed. */
function greet(connection: Socket, expected: Map<string, Expected>): void {
  connection.once('readable', () => {
    const greeting = (connection.read(greetingBytes) as Buffer | null)?.toString('latin1').trim() ?? ''
    const [name = '', role] = greeting.split(' ')
    const one = expected.get(name)
    const known = roles.find(candidate => candidate === role)
    if (!one || !known || one.sockets[known]) return connection.destroy()
    one.sockets[known] = connection
    const { control, stdout, stderr } = one.sockets
    if (control && stdout && stderr) one.connected({ control, stdout, stderr })
  })
}
