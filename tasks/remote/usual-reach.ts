import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openBlobs } from '../../store/blobs.ts'
import type { Reach } from './reach.ts'
import { usualRoutes } from './web.ts'

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
