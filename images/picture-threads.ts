import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { Known } from './picture-thread-work.ts'

/** How many compare pictures at once: each holds some 100 MB. */
export const threadCount = Math.min(8, availableParallelism())

/** They start when there is work and end when there is none. */
const threads = new Piscina({
  filename: new URL(`./picture-thread-work${extname(import.meta.url)}`, import.meta.url).href,
  minThreads: 0,
  maxThreads: threadCount,
  idleTimeout: 1000,
})

/** An aborted signal ends it at once. */
export async function firstSameInThread(
  of: [one: Known, candidates: Known[]],
  signal: AbortSignal,
): Promise<number> {
  try {
    return await threads.run(of, { name: 'firstSame', signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
