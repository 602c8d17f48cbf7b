import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { Known } from './looking.ts'

/** How many look at pictures at once: each holds some 100 MB. */
export const threadCount = Math.min(8, availableParallelism())

/** They start when there is work and end when there is none. */
const threads = new Piscina({
  filename: new URL(`./looking${extname(import.meta.url)}`, import.meta.url).href,
  minThreads: 0,
  maxThreads: threadCount,
  idleTimeout: 1000,
})

/** The sketch of a picture, made in a thread, which an aborted signal ends at once. */
export const sketchInThread = (bytes: Uint8Array, signal: AbortSignal | null): Promise<Uint8Array> =>
  threads.run(bytes, { name: 'sketch', signal })

export const areSameInThread = (pair: [Known, Known], signal: AbortSignal | null): Promise<boolean> =>
  threads.run(pair, { name: 'areSame', signal })
