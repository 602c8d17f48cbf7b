import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openBlobs } from '../../store/blobs.ts'
import type { Pins } from './pins.ts'
import { RemoteError } from './remote-error.ts'
import { type Routes, usualRoutes } from './web.ts'

/** What a run hears of its sources while they are read. */
export type News =
  | { kind: 'warning'; message: string }
  | { kind: 'again'; why: string; number: number; most: number }
  /** So many bytes of a file are there. */
  | { kind: 'fetching'; what: string; bytes: number; whole: number | null }

/** How sources reach what lies elsewhere. */
export interface Reach {
  pins: Pins
  signal: AbortSignal
  listen(news: News): void
  /** Where files that were fetched are kept; it may be emptied at any time. */
  folder: string
  /** The same for pictures, by their sha256. */
  pictures: ReturnType<typeof openBlobs>
  routes: Routes
  /** Bytes: of larger tables only those columns are fetched that are wanted. */
  wholeUpTo: number
  /** Milliseconds. Rejects when the signal aborts. */
  wait(time: number, signal: AbortSignal): Promise<void>
}

/** Where what was fetched is kept, for all runs: $XDG_CACHE_HOME/kindling/remote, else ~/.cache/kindling/remote. */
const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kindling', 'remote')

/** The usual way to reach others, except for what is given. */
export function reachWith({ folder = cacheFolder(), ...given }: Partial<Reach> & Pick<Reach, 'pins'>): Reach {
  return {
    signal: new AbortController().signal,
    listen() {},
    folder,
    pictures: openBlobs(join(folder, 'pictures')),
    wholeUpTo: 64_000_000,
    routes: usualRoutes(),
    wait: (time, signal) => setTimeout(time, undefined, { signal }),
    ...given,
  }
}

const mostTries = 5
/** Milliseconds: before the second try, doubled for each after it, and the longest that a place may ask for. */
const pause = { first: 1000, longest: 15 * 60_000 }

/**
 * Does some work, anew where it failed for a reason that may pass. A try that came further than those before it, as
 * `reached` tells, has all tries before it again.
 */
export async function persistently<T>(
  reach: Reach,
  work: () => Promise<T>,
  reached: () => number = () => 0,
): Promise<T> {
  let furthest = 0
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      reach.signal.throwIfAborted()
      if (reached() > furthest) tries = 1
      furthest = Math.max(furthest, reached())
      if (!(error instanceof RemoteError) || error.kind !== 'passing' || tries === mostTries) throw error
      const { message, waitMs = pause.first * 2 ** (tries - 1) * (0.75 + Math.random() / 2) } = error
      if (waitMs > pause.longest) throw error
      reach.listen({ kind: 'again', why: message, number: tries + 1, most: mostTries })
      await reach.wait(waitMs, reach.signal)
    }
  }
}
