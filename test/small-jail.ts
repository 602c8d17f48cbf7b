import { type BubblewrapOptions, bubblewrap } from '../sandbox/bubblewrap.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

/** The jail for tests to which it is all the same which libraries a cell has beside numpy and Pillow. */
export function smallJail(options: BubblewrapOptions = {}): Sandbox {
  const { SMALL_PYTHON } = process.env
  return bubblewrap(SMALL_PYTHON ? { python: SMALL_PYTHON, ...options } : options)
}
