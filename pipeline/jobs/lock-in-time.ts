import { LockedError } from '../../store/errors.ts'
import type { HeldRun } from '../../store/store.ts'
import { type Clock, realClock } from '../ask/clock.ts'
import type { Settings } from '../config.ts'
import type { Listener } from '../progress.ts'

interface Waiting {
  /** Milliseconds. */
  wait?: number | undefined
  listen: Listener
  signal: AbortSignal
  clock?: Clock | undefined
}

/** Milliseconds between two tries: the lock tells nobody when it is free. */
const pace = 1000

/**
 * Hold a run for this process, and wait for one that holds it. Throws LockedError when that took longer than `wait`,
 * and the signal's reason when that is aborted.
 */
export async function lockedInTime(
  { store, folder }: Pick<Settings, 'store' | 'folder'>,
  { wait = 0, listen, signal, clock = realClock }: Waiting,
): Promise<HeldRun> {
  const until = clock.now() + wait
  for (let told = false; ; told = true) {
    try {
      return await store.lock(folder)
    } catch (error) {
      if (!(error instanceof LockedError) || clock.now() >= until) throw error
    }
    if (!told) listen({ kind: 'note', message: `another process works on ${folder}; waiting for it` })
    await clock.sleep(Math.min(pace, until - clock.now()), signal)
  }
}
