import { randomBytes } from 'node:crypto'
import type { CellStatus } from '../schemas/cell.ts'
import { type Capture, capture } from './capture.ts'
import type { Frame } from './frames.ts'
import type { Protection } from './protections.ts'
import type { CellImage, CellResult, Limits } from './sandbox.ts'

const maxText = 20_000
/** More image files than the kernel looks at; it counts figures, too. */
const maxDropped = 1_000_000

/** What is known of the cell that runs. `done` is the kernel's last word on it. */
export interface RunningCell {
  nonce: string
  stdout: Capture
  stderr: Capture
  images: CellImage[]
  /** Images not kept because the kernel sent more than it may. */
  refused: number
  done: Record<string, unknown> | null
  interrupted: boolean
  /** Interrupts that were sent and have not arrived yet. */
  interruptsUnderWay: number
  started: number
  resolve(result: CellResult): void
  reject(error: Error): void
}

/** A cell that is about to run: the nonce that only its end may carry, and empty outputs. */
export function startCell(limits: Limits, settle: Pick<RunningCell, 'resolve' | 'reject'>): RunningCell {
  const nonce = randomBytes(16).toString('hex')
  const mark = Buffer.from(`\0${nonce}\0`)
  return {
    nonce,
    stdout: capture(mark, limits.outputBytes),
    stderr: capture(mark, limits.outputBytes),
    images: [],
    refused: 0,
    done: null,
    interrupted: false,
    interruptsUnderWay: 0,
    started: performance.now(),
    ...settle,
  }
}

const sources = ['display', 'plt', 'file', 'result'] as const

/** Takes what the kernel says of the running cell. Frames of no known kind are passed over. */
export function takeFrame(
  cell: RunningCell,
  frame: Frame,
  limits: Limits,
  without: ReadonlySet<Protection>,
): void {
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

const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0)
/** Half a surrogate pair, which Python may say and cutting may leave, is in no JSON that a provider takes. */
const text = (value: unknown, max: number) =>
  typeof value === 'string' ? value.slice(0, max).toWellFormed() : ''

/**
 * `end` is why the kernel ended, null where it lives and its own word on the code counts. Of code that broke the
 * protocol nothing is told: how much of it was heard before is chance.
 */
export function resultOf(cell: RunningCell, end: CellStatus | null, limits: Limits): CellResult {
  if (end === 'protocol') return { ...deadResult(end), wallMs: performance.now() - cell.started }
  const done = end ? {} : (cell.done ?? {})
  const [stdout, stderr] = [cell.stdout.text(), cell.stderr.text()]
  const long = typeof done.result === 'string' && done.result.length > maxText
  return {
    status: end ?? (cell.interrupted ? 'timeout' : claimed(done.status)),
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.truncated || stderr.truncated || long,
    result: typeof done.result === 'string' ? text(done.result, maxText) : null,
    error: errorOf(done.error),
    images: cell.images,
    droppedImages: cell.refused + Math.min(count(done.dropped), maxDropped),
    wallMs: performance.now() - cell.started,
    leftover: {
      threads: Math.min(count(done.threads), limits.processes),
      processes: Math.min(count(done.processes), limits.processes),
    },
    alive: end === null,
  }
}

const claimed = (status: unknown): CellStatus => (status === 'ok' || status === 'exit' ? status : 'error')

function errorOf(error: unknown): CellResult['error'] {
  if (error === null || typeof error !== 'object') return null
  const { name, value, traceback } = error as Record<string, unknown>
  return { name: text(name, 200), value: text(value, 2000), traceback: text(traceback, maxText) }
}

/** The result of a cell if there is nothing left to run it: the session was lost before, or since the last cell. */
export function deadResult(status: CellStatus = 'dead'): CellResult {
  return {
    status,
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
