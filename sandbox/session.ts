import { randomBytes } from 'node:crypto'
import type { Duplex, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CellStatus } from '../schemas/trajectory.ts'
import { type Capture, capture } from './capture.ts'
import { type Frame, FrameError, frameReader } from './frames.ts'
import type { Protection } from './protections.ts'
import {
  type CellImage,
  type CellResult,
  type Limits,
  type OpenOptions,
  SandboxError,
  type Session,
} from './sandbox.ts'

/** A running kernel as the trusted side holds it. */
export interface Kernel {
  control: Duplex
  stdout: Readable
  stderr: Readable
  /** Ends every process of the trajectory, whatever they do. */
  kill(): void
  /** Raises KeyboardInterrupt in the running cell. */
  interrupt(): void
  /** Settles when the trajectory's processes are gone. */
  exited: Promise<Exit>
}

/** `lost`: the machinery around the kernel broke, so nothing can be said about the code. */
export type Exit = { by: 'itself' | 'memory' } | { by: 'lost'; message: string }

const graceMs = 1000
const floodBytes = 64 << 20
const maxFrameBytes = 160 << 20
const maxText = 20_000

interface RunningCell {
  nonce: string
  stdout: Capture
  stderr: Capture
  images: CellImage[]
  /** Images not kept because the kernel sent more than it may. */
  refused: number
  frameBytes: number
  done: Record<string, unknown> | null
  interrupted: boolean
  started: number
  timers: NodeJS.Timeout[]
  resolve(result: CellResult): void
  reject(error: Error): void
}

/** Lays in the files, runs the prelude, and gives the session. Rejects with SandboxError where that fails. */
export async function openSession(
  kernel: Kernel,
  limits: Limits,
  options: Pick<OpenOptions, 'files' | 'prelude'>,
  without: ReadonlySet<Protection> = new Set(),
): Promise<Session> {
  const session = startSession(kernel, limits, without)
  await session.ready
  for (const [name, bytes] of Object.entries(options.files)) session.put(name, bytes)
  const prelude = await session.run(options.prelude, { timeoutMs: limits.cellMs, prelude: true })
  if (prelude.status !== 'ok') {
    await session.close()
    throw new SandboxError(
      `the prelude failed (${prelude.status}): ${prelude.error?.traceback ?? prelude.stderr}`,
    )
  }
  return {
    exec: (code, { timeoutMs = limits.cellMs } = {}) => session.run(code, { timeoutMs, prelude: false }),
    [Symbol.asyncDispose]: session.close,
  }
}

function startSession(kernel: Kernel, limits: Limits, without: ReadonlySet<Protection>) {
  const { control, stdout, stderr } = kernel
  let cell: RunningCell | null = null
  let end: Exit | null = null
  /** Why the kernel was killed. From then on nothing it says is read. */
  let condemned: CellStatus | null = null
  const ready = Promise.withResolvers<void>()
  const drained = Promise.all([control, stdout, stderr].map(stream => finished(stream).catch(() => {})))
  const over = Promise.all([kernel.exited, drained]).then(([exit]) => {
    end = exit
    ready.reject(
      new SandboxError(
        `the sandbox ended while it was being opened${exit.by === 'lost' ? `: ${exit.message}` : ''}`,
      ),
    )
    if (cell) finish(cell, exit)
  })
  ready.promise.catch(() => {})

  const condemn = (status: CellStatus) => {
    condemned ??= status
    kernel.kill()
  }
  const finish = (done: RunningCell, exit: Exit | null) => {
    cell = null
    for (const timer of done.timers) clearTimeout(timer)
    if (exit?.by === 'lost') return done.reject(new SandboxError(exit.message))
    const status = condemned ?? (exit ? statusOf(exit, done) : null)
    done.resolve(resultOf(done, status, limits))
  }
  const finishIfComplete = () => {
    if (cell?.done && cell.stdout.ended && cell.stderr.ended) finish(cell, null)
  }
  const onFrame = (frame: Frame) => {
    if (condemned) return
    if (frame.header.type === 'ready') return ready.resolve()
    if (cell) takeFrame(cell, frame, limits, without)
    finishIfComplete()
  }
  const read = frameReader(onFrame)
  control.on('data', (chunk: Buffer) => {
    if (condemned && !without.has('poisoning')) return
    if (cell) cell.frameBytes += chunk.length
    if (cell && cell.frameBytes > maxFrameBytes) return condemn('protocol')
    try {
      read(chunk)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      condemn('protocol')
    }
  })
  const listen = (stream: Readable, name: 'stdout' | 'stderr') =>
    stream.on('data', (chunk: Buffer) => {
      if (condemned || !cell) return
      cell[name].push(chunk)
      if (cell[name].received > floodBytes && !without.has('output')) condemn('output_limit')
      finishIfComplete()
    })
  listen(stdout, 'stdout')
  listen(stderr, 'stderr')

  const write = (header: object, payload?: Uint8Array) => {
    control.write(`${JSON.stringify({ ...header, size: payload?.length ?? 0 })}\n`)
    if (payload) control.write(payload)
  }
  const interrupt = (running: RunningCell) => {
    running.interrupted = true
    kernel.interrupt()
    running.timers.push(setTimeout(() => condemn('timeout'), graceMs))
  }
  return {
    ready: ready.promise,
    put: (name: string, bytes: Uint8Array) => write({ type: 'file', name: plainName(name) }, bytes),
    run(code: string, { timeoutMs, prelude }: { timeoutMs: number; prelude: boolean }): Promise<CellResult> {
      if (cell) return Promise.reject(new SandboxError('a session runs one cell at a time'))
      if (end?.by === 'lost') return Promise.reject(new SandboxError(end.message))
      if (end || condemned) return Promise.resolve(deadResult())
      const { promise, resolve, reject } = Promise.withResolvers<CellResult>()
      const running = startCell(limits, { resolve, reject })
      cell = running
      running.timers.push(setTimeout(() => interrupt(running), timeoutMs))
      write({ type: 'cell', code, nonce: running.nonce, look: prelude })
      return promise
    },
    async close() {
      kernel.kill()
      await over
    },
  }
}

function startCell(limits: Limits, settle: Pick<RunningCell, 'resolve' | 'reject'>): RunningCell {
  const nonce = randomBytes(16).toString('hex')
  const mark = Buffer.from(`\0${nonce}\0`)
  return {
    nonce,
    stdout: capture(mark, limits.outputBytes),
    stderr: capture(mark, limits.outputBytes),
    images: [],
    refused: 0,
    frameBytes: 0,
    done: null,
    interrupted: false,
    started: performance.now(),
    timers: [],
    ...settle,
  }
}

const sources = ['display', 'plt', 'file', 'result'] as const

function takeFrame(cell: RunningCell, frame: Frame, limits: Limits, without: ReadonlySet<Protection>): void {
  const { header, payload } = frame
  if (header.type === 'done') {
    if (header.nonce === cell.nonce || without.has('nonce')) cell.done ??= header
  } else if (header.type === 'image') {
    const source = sources.find(known => known === header.source)
    if (!source || (cell.images.length >= limits.images && !without.has('images'))) cell.refused += 1
    else cell.images.push({ source, name: fileName(header.name), bytes: payload })
  }
}

/** A name to show, never a path to open: code chose it. */
function fileName(name: unknown): string | null {
  return typeof name === 'string'
    ? name
        .slice(0, 200)
        .toWellFormed()
        .replace(/\p{Cc}/gu, '\ufffd')
    : null
}

function plainName(name: string): string {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
    throw new SandboxError(`${JSON.stringify(name)} is not a plain file name`)
  return name
}

const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0)
const text = (value: unknown, max: number) => (typeof value === 'string' ? value.slice(0, max) : '')

/** `end` is why the kernel ended, null where it lives and its own word on the code counts. */
function resultOf(cell: RunningCell, end: CellStatus | null, limits: Limits): CellResult {
  const done = end ? {} : (cell.done ?? {})
  const [stdout, stderr] = [cell.stdout.text(), cell.stderr.text()]
  const long = typeof done.result === 'string' && done.result.length > maxText
  return {
    status: end ?? (cell.interrupted ? 'timeout' : claimed(done.status)),
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.truncated || stderr.truncated || long,
    result: typeof done.result === 'string' ? done.result.slice(0, maxText) : null,
    error: errorOf(done.error),
    images: cell.images,
    droppedImages: cell.refused + count(done.dropped),
    wallMs: performance.now() - cell.started,
    leftover: {
      threads: count(done.threads),
      processes: Math.min(count(done.processes), limits.processes),
    },
    alive: end === null,
  }
}

const statusOf = (exit: Exit, cell: RunningCell): CellStatus =>
  exit.by === 'memory' ? 'memory_limit' : cell.interrupted ? 'timeout' : 'crash'

const claimed = (status: unknown): CellStatus => (status === 'ok' || status === 'exit' ? status : 'error')

function errorOf(error: unknown): CellResult['error'] {
  if (error === null || typeof error !== 'object') return null
  const { name, value, traceback } = error as Record<string, unknown>
  return { name: text(name, 200), value: text(value, 2000), traceback: text(traceback, maxText) }
}

/** What a cell gives where there is nothing left to run it. */
export function deadResult(): CellResult {
  return {
    status: 'dead',
    stdout: '',
    stderr: '',
    truncated: false,
    result: null,
    error: null,
    images: [],
    droppedImages: 0,
    wallMs: 0,
    leftover: { threads: 0, processes: 0 },
    alive: false,
  }
}
