import type { Bounds } from '../../../sandbox/bubblewrap.ts'
import type { CellResult, Limits } from '../../../sandbox/sandbox.ts'

/** What the jailed code tries to reach: all of it exists on the host and says CANARY. */
export interface Bait {
  port: number
  abstractSocket: string
  file: string
  folder: string
  pid: number
  /** Seconds no other process on this machine sleeps. */
  sleep: number
}

/**
 * A cell, how long it may take where it is meant to be stopped, and how long nothing is asked of the session before it.
 */
export type Step = string | { code: string; timeoutMs?: number; idleMs?: number }

/** One thing hostile code tries, and what must be true of what came back. */
export interface Abuse {
  title: string
  cells: (bait: Bait) => Step[]
  check: (results: CellResult[], bait: Bait) => void | Promise<void>
  /** What must be true of the host once the session is closed. */
  after?: (bait: Bait) => void
  /** Bounds that the case is about, made small. */
  bounds?: Partial<Bounds>
}

/** Small enough to be hit soon, large enough for the libraries. */
export const tightLimits: Limits = {
  cellMs: 60_000,
  memoryMb: 512,
  processes: 32,
  outputBytes: 100_000,
  images: 10,
}

/** Python every case may use: it tells what happened instead of raising. */
export const helpers = `
import ctypes, os, sys
def attempt(action):
    try: return repr(action())[:150]
    except BaseException as error: return type(error).__name__ + ': ' + str(error)[:90]
def syscall(number, *arguments):
    result = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    return result if result >= 0 else -ctypes.get_errno()
`

/** Everything a session said, in one text. */
export const everything = (results: CellResult[]): string =>
  results
    .flatMap(({ stdout, stderr, result, error, images }) => [
      stdout,
      stderr,
      result ?? '',
      error?.traceback ?? '',
      ...images.map(image => image.name ?? ''),
    ])
    .join('\n')

/** The result at a place, which must be there. */
export function at(results: CellResult[], index: number): CellResult {
  const result = results[index]
  if (!result) throw new Error(`there is no cell ${index}`)
  return result
}

/** The first number behind a word in a cell's output. */
export function numberAfter(word: string, { stdout }: CellResult): number {
  const [, found] = new RegExp(`${word} (\\d+)`).exec(stdout) ?? []
  if (!found) throw new Error(`no number after "${word}" in ${stdout.slice(0, 300)}`)
  return Number(found)
}
