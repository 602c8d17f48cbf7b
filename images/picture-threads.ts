import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { Known } from './picture-thread-work.ts'

/** How many look at pictures at once: each holds some 100 MB. */
export const threadCount = Math.min(8, availableParallelism())

/** They start when there is work and end when there is none. */
const threads = new Piscina({
  filename: new URL(`./picture-thread-work${extname(import.meta.url)}`, import.meta.url).href,
  minThreads: 0,
  maxThreads: threadCount,
  idleTimeout: 1000,
})

/** The sketch of a picture. An aborted signal ends it at once, as it does the other. */
export const sketchInThread = (bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> =>
  inThread('sketch', bytes, signal)

export const firstSameInThread = (
  of: [one: Known, candidates: Known[]],
  signal: AbortSignal,
): Promise<number> => inThread('firstSame', of, signal)

async function inThread(name: 'sketch' | 'firstSame', task: unknown, signal: AbortSignal) {
  try {
    return await threads.run(task, { name, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
