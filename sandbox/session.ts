import type { Duplex, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CellStatus } from '../schemas/cell.ts'
import { type Frame, FrameError, frameReader } from './frames.ts'
import { type Had, watchTime } from './processor-time.ts'
import type { Protection } from './protections.ts'
import { deadResult, type RunningCell, resultOf, startCell, takeFrame } from './running-cell.ts'
import { type CellResult, type Limits, type OpenOptions, SandboxError, type Session } from './sandbox.ts'

/** A running kernel as the trusted side holds it. */
export interface Kernel {
  control: Duplex
  stdout: Readable
  stderr: Readable
  /** Its first process as the host knows it; null where the host cannot see it. */
  pid: number | null
  /** Ends every process of the trajectory, whatever they do. */
  kill(): void
  /** Raises KeyboardInterrupt in the running cell. Settles when that has reached the process. */
  interrupt(): Promise<void>
  /** Settles when the trajectory's processes are gone. */
  exited: Promise<KernelEnd>
}

/** `lost`: the machinery around the kernel broke, so nothing can be said about the code. */
export type KernelEnd = { by: 'itself' | 'memory' } | { by: 'lost'; message: string }

/**
 * A cell that stands in line for a processor gets more wall time, up to this many times its limit. It has had enough
 * when its processes have used half the limit: alone, no code that takes a quarter of its limit uses that much.
 */
const mostWall = 8
const enoughCpu = 0.5
/** Part of the time in line at which a cell counts as one that others keep waiting. */
const inLine = 0.1
const graceMs = 1000
/** asyncio takes the first interrupt for a wish, and code may swallow one. */
const againMs = 250
/** How long the machinery may take to bring an interrupt to a cell that has ended meanwhile. */
const deliveryMs = 30_000
const floodBytes = 64 << 20
const maxFrameBytes = 160 << 20
/** What a cell may send in headers: its texts are a tenth of it. */
const maxHeaderBytes = 4 << 20
const spareFrames = 256
/** What threads of earlier cells may send while no cell runs. */
const idleBytes = 8 << 20

/** Lays in the files, runs the prelude, and gives the session. Rejects with SandboxError where that fails. */
export async function openSession(
  kernel: Kernel,
  limits: Limits,
  options: Pick<OpenOptions, 'files' | 'prelude'>,
  without: ReadonlySet<Protection> = new Set(),
): Promise<Session> {
  const session = startSession(kernel, limits, without)
  try {
    await session.ready
    for (const [name, bytes] of Object.entries(options.files)) session.put(name, bytes)
    checkPrelude(await session.run(options.prelude, { timeoutMs: limits.cellMs, prelude: true }))
  } catch (error) {
    await session.close()
    throw error
  }
  return {
    exec: (code, { timeoutMs = limits.cellMs } = {}) => session.run(code, { timeoutMs, prelude: false }),
    [Symbol.asyncDispose]: session.close,
  }
}

/** Throws SandboxError where what makes the images did not run: no cell can be blamed for that. */
export function checkPrelude({ status, error, stderr }: CellResult): void {
  if (status !== 'ok') throw new SandboxError(`the prelude failed (${status}): ${error?.traceback || stderr}`)
}

interface State {
  kernel: Kernel
  limits: Limits
  without: ReadonlySet<Protection>
  cell: RunningCell | null
  /** Set once every process is gone and everything they wrote has been read. */
  end: KernelEnd | null
  /** Why the kernel was killed. From then on nothing it says is read. */
  condemned: CellStatus | null
  /** A cell has been told that the session is lost. */
  told: boolean
  /** The last cell left a thread or a process: what ends the session then need not be the machine. */
  leftBehind: boolean
  /** End what watches the time of the cell, or of the time between cells. */
  stops: (() => void)[]
  /** What came since a cell last began or ended. */
  sent: { bytes: number; frames: number; headerBytes: number }
  ready: PromiseWithResolvers<void>
}

function startSession(kernel: Kernel, limits: Limits, without: ReadonlySet<Protection>) {
  const ready = Promise.withResolvers<void>()
  const state: State = {
    ...{ kernel, limits, without, ready, stops: [], sent: nothingSent() },
    ...{ cell: null, end: null, condemned: null, told: false, leftBehind: false },
  }
  const over = watchEnd(state)
  readControl(state)
  readOutput(state, 'stdout')
  readOutput(state, 'stderr')
  return {
    ready: ready.promise,
    put(name: string, bytes: Uint8Array) {
      send(kernel, { type: 'file', name: plainName(name) }, bytes)
    },
    run: (code: string, options: RunOptions) => run(state, code, options),
    async close() {
      stopClocks(state)
      state.told = true
      kernel.kill()
      await over
    },
  }
}

const nothingSent = () => ({ bytes: 0, frames: 0, headerBytes: 0 })

interface RunOptions {
  timeoutMs: number
  prelude: boolean
}

function run(state: State, code: string, { timeoutMs, prelude }: RunOptions): Promise<CellResult> {
  if (state.cell) return Promise.reject(new SandboxError('a session runs one cell at a time'))
  if (state.end?.by === 'lost') return Promise.reject(new SandboxError(state.end.message))
  if (state.end || state.condemned) return Promise.resolve(deadResult(lostBetweenCells(state)))
  const { promise, resolve, reject } = Promise.withResolvers<CellResult>()
  const cell = startCell(state.limits, { resolve, reject })
  state.cell = cell
  state.sent = nothingSent()
  stopClocks(state)
  limitTime(state, cell, timeoutMs)
  send(state.kernel, { type: 'cell', code, nonce: cell.nonce, look: prelude })
  return promise
}

/** What threads of earlier cells did to the session is told to the first cell after it. */
function lostBetweenCells(state: State): CellStatus {
  const { told, condemned, end, leftBehind } = state
  state.told = true
  if (told) return 'dead'
  return condemned ?? (end?.by === 'memory' ? 'memory_limit' : leftBehind ? 'crash' : 'dead')
}

function send({ control }: Kernel, header: object, payload?: Uint8Array): void {
  control.write(`${JSON.stringify({ ...header, size: payload?.length ?? 0 })}\n`)
  if (payload) control.write(payload)
}

/** Code that others keep waiting for a processor has not had its time yet. */
function limitTime(state: State, cell: RunningCell, limitMs: number): void {
  const waits = ({ wallMs, sinceMs, cpuMs, waitedMs }: Had) =>
    wallMs < limitMs * mostWall && cpuMs < limitMs * enoughCpu && waitedMs > sinceMs * inLine
  const end = watchTime(state.kernel.pid, limitMs, had => {
    const goOn = waits(had) && !state.without.has('cpu_time')
    if (!goOn) interrupt(state, cell)
    return goOn
  })
  state.stops.push(end)
}

/** Threads of earlier cells may not have more than a cell while none runs. */
function limitIdleTime(state: State): void {
  const { kernel, limits, without } = state
  if (kernel.pid === null || without.has('idle_time')) return
  const end = watchTime(kernel.pid, limits.cellMs, ({ cpuMs }) => {
    const goOn = cpuMs < limits.cellMs * enoughCpu
    if (!goOn) condemn(state, 'timeout')
    return goOn
  })
  state.stops.push(end)
}

function stopClocks(state: State): void {
  for (const stop of state.stops.splice(0)) stop()
}

const later = (state: State, ms: number, action: () => void) => {
  const timer = setTimeout(action, ms)
  state.stops.push(() => clearTimeout(timer))
}

/** Asks first, so that the state survives; ends what does not listen. */
function interrupt(state: State, cell: RunningCell): void {
  later(state, graceMs, () => isComplete(cell) || condemn(state, 'timeout'))
  later(state, deliveryMs, () => condemn(state, 'timeout'))
  for (let after = 0; after < graceMs; after += againMs) later(state, after, () => interruptOnce(state, cell))
}

/** The cell is not over before its interrupt has arrived: later it would be the next cell's. */
async function interruptOnce(state: State, cell: RunningCell): Promise<void> {
  if (isComplete(cell)) return
  cell.interrupted = true
  cell.interruptsUnderWay += 1
  await state.kernel.interrupt()
  cell.interruptsUnderWay -= 1
  if (state.cell === cell) finishIfComplete(state)
}

function condemn(state: State, status: CellStatus): void {
  state.condemned ??= status
  state.kernel.kill()
}

function finish(state: State, exit: KernelEnd | null): void {
  const { cell, condemned, limits } = state
  if (!cell) return
  state.cell = null
  state.sent = nothingSent()
  state.told = exit !== null || condemned !== null
  stopClocks(state)
  if (!exit && !condemned) limitIdleTime(state)
  if (exit?.by === 'lost') cell.reject(new SandboxError(exit.message))
  else {
    const result = resultOf(cell, condemned ?? (exit ? statusOf(exit, cell) : null), limits)
    state.leftBehind = result.leftover.threads + result.leftover.processes > 0
    cell.resolve(result)
  }
}

const statusOf = (exit: KernelEnd, cell: RunningCell): CellStatus =>
  exit.by === 'memory' ? 'memory_limit' : cell.interrupted ? 'timeout' : 'crash'

async function watchEnd(state: State): Promise<void> {
  const { control, stdout, stderr, exited } = state.kernel
  const drained = [control, stdout, stderr].map(stream => finished(stream).catch(() => {}))
  state.ready.promise.catch(() => {})
  const [exit] = await Promise.all([exited, ...drained])
  state.end = exit
  stopClocks(state)
  const why = exit.by === 'lost' ? `: ${exit.message}` : ''
  state.ready.reject(new SandboxError(`the sandbox ended while it was being opened${why}`))
  finish(state, exit)
}

function readControl(state: State): void {
  const { kernel, without } = state
  const read = frameReader(frame => onFrame(state, frame), without.has('headers'))
  kernel.control.on('data', (chunk: Buffer) => {
    if (state.condemned) return
    takeBytes(state, chunk)
    const sound = readSafely(read, chunk)
    if (!sound && !without.has('poisoning')) condemn(state, 'protocol')
    else if (!sound) while (!readSafely(read, Buffer.alloc(0)));
  })
}

/** Between cells stdout and stderr count, too. */
function takeBytes(state: State, { length }: Buffer): void {
  const { cell, sent, without } = state
  sent.bytes += length
  if (cell && sent.bytes > maxFrameBytes) condemn(state, 'protocol')
  else if (!cell && sent.bytes > idleBytes && !without.has('idle_output')) condemn(state, 'output_limit')
}

/** False where the kernel broke the protocol. */
function readSafely(read: (chunk: Buffer) => void, chunk: Buffer): boolean {
  try {
    read(chunk)
    return true
  } catch (error) {
    if (error instanceof FrameError) return false
    throw error
  }
}

function onFrame(state: State, frame: Frame): void {
  if (state.condemned) return
  const { sent, limits, without } = state
  sent.frames += 1
  sent.headerBytes += frame.headerBytes
  const tooMany = sent.frames > limits.images + spareFrames || sent.headerBytes > maxHeaderBytes
  if (tooMany && !without.has('frames')) condemn(state, 'protocol')
  else if (frame.header.type === 'ready') state.ready.resolve()
  else if (state.cell) takeFrame(state.cell, frame, limits, without)
  finishIfComplete(state)
}

/** Small pieces cost more than their bytes. After so many, what has come is read every so many milliseconds. */
const pieces = { most: 1000, small: 4096, everyMs: 10 }

function readOutput(state: State, name: 'stdout' | 'stderr'): void {
  const stream = state.kernel[name]
  let small = 0
  stream.on('data', (chunk: Buffer) => {
    const { cell, condemned, without } = state
    if (condemned) return
    small = chunk.length < pieces.small ? small + 1 : 0
    if (small > pieces.most) {
      stream.pause()
      setTimeout(() => stream.resume(), pieces.everyMs)
    }
    if (!cell) return takeBytes(state, chunk)
    cell[name].push(chunk)
    if (cell[name].received > floodBytes && !without.has('output')) condemn(state, 'output_limit')
    finishIfComplete(state)
  })
}

/** The kernel said that the cell is over, with its nonce, and both outputs have carried its end mark. */
const isComplete = ({ done, stdout, stderr }: RunningCell): boolean =>
  done !== null && stdout.ended && stderr.ended

function finishIfComplete(state: State): void {
  const { cell } = state
  if (cell && isComplete(cell) && cell.interruptsUnderWay === 0) finish(state, null)
}

function plainName(name: string): string {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
    throw new SandboxError(`${JSON.stringify(name)} is not a plain file name`)
  return name
}
