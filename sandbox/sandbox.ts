import type { Static } from 'typebox'
import type { CellStatus, Environment } from '../schemas/cell.ts'
import { closed, count, from0, thing } from '../schemas/options.ts'

/** What code may use. Sizes in MiB, times in milliseconds. */
export const Limits = closed({
  /** Wall time of one cell; up to eight times as much where others keep it waiting for a processor. */
  cellMs: count,
  memoryMb: count,
  processes: count,
  /** Bytes kept of stdout and of stderr, each. */
  outputBytes: count,
  /** Images kept of one cell. */
  images: from0,
})
export type Limits = Static<typeof Limits>

export interface OpenOptions {
  /** Files laid into the working folder before the first cell. */
  files: Record<string, Uint8Array>
  /** Python that is run before the first cell and is not one (it makes `image_1`…). */
  prelude: string
  seed: number
  /** Start from nothing instead of a warm parent: what verification uses. */
  fresh?: boolean
}

export interface CellImage {
  source: 'display' | 'plt' | 'file' | 'result'
  name: string | null
  bytes: Uint8Array
}

/** One cell. Status, times and truncation come from the trusted side only. */
export interface CellResult {
  status: CellStatus
  stdout: string
  stderr: string
  truncated: boolean
  result: string | null
  error: { name: string; value: string; traceback: string } | null
  images: CellImage[]
  /** Images that were over a limit and are not here. */
  droppedImages: number
  wallMs: number
  /** What outlived the cell. A thread cannot be killed, so the cell is then not reproducible. */
  leftover: { threads: number; processes: number }
  /** Whether the session can run another cell. */
  alive: boolean
}

/** A Python whose state lasts from cell to cell. It rejects only when the machinery broke, never for what code did. */
export interface Session extends AsyncDisposable {
  exec(code: string, options?: { timeoutMs?: number }): Promise<CellResult>
}

/** The sandbox itself broke or cannot be opened: never an observation, never training data. */
export class SandboxError extends Error {
  override name = 'SandboxError'
}

/** Runs code that a model wrote. It refuses to start if it cannot contain that code. */
export interface Sandbox extends AsyncDisposable {
  name: string
  options: Record<string, string | number | boolean>
  limits: Limits
  /** The Python in it and its libraries. Throws SandboxError, with the cure, where this machine cannot run it. */
  describe(): Promise<Environment>
  open(options: OpenOptions): Promise<Session>
}

export const Sandbox = thing<Sandbox>('a sandbox', 'bubblewrap()', {
  name: 'string',
  options: 'object',
  limits: 'object',
  describe: 'function',
  open: 'function',
})
