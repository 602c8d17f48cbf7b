import { LRUCache } from 'lru-cache'
import type { Trajectory } from '../../schemas/trajectory.ts'

import { DamagedError } from '../../store/errors.ts'
import { hashesIn } from '../../store/garbage.ts'
import { type Store, type Table, tables } from '../../store/store.ts'
import type { Settings } from '../config.ts'
import type { FoundPart } from './found-parts.ts'

/**
 * What is told of a part alone: its tasks and its plan, as the whole has its own; what a look at it found; batches that
 * it waits for; what a person overruled, which is done where it was decided; its own export.
 */
const own: ReadonlySet<Table> = new Set(['tasks', 'plan', 'marks', 'batches', 'rescues', 'parts', 'files'])

/** Of the tasks: by which name each was first known, and what was read elsewhere, but not where it stands in a list. */
const shared = (key: string): boolean =>
  key.startsWith('known/') || (key.startsWith('pin/') && !key.startsWith('pin/tasks/'))

/** Rows that are put together. */
const pageSize = 256

/**
 * Put into a store what the parts of a run hold, one after the other. Nothing that is there is changed, but a rollout
 * that had failed gives way to one that did not. Stopped at any point, or done again, it comes to the same.
 */
export async function joinStores(
  parts: readonly FoundPart[],
  into: Store,
  { store: kind, folder }: Pick<Settings, 'store' | 'folder'>,
  signal: AbortSignal,
): Promise<void> {
  for (const part of parts) {
    await kind.takeBlobs?.(part.folder, folder)
    await using from = await kind.read(part.folder)
    const take = kind.takeBlobs ? async () => {} : blobsNamed(from, into)
    for (const table of tables)
      if (!own.has(table) || table === 'tasks') await joinTable(table, { from, into, take }, signal)
  }
}

interface Joining {
  from: Store
  into: Store
  /** Puts the blobs that a value names. */
  take(value: unknown): Promise<void>
}

async function joinTable(table: Table, { from, into, take }: Joining, signal: AbortSignal): Promise<void> {
  let page: Promise<void>[] = []
  for await (const { key, value } of from.scan(table)) {
    signal.throwIfAborted()
    if (table === 'tasks' && !shared(key)) continue
    await take(value)
    page.push(join(table, key, value, into))
    if (page.length < pageSize) continue
    await Promise.all(page)
    page = []
  }
  await Promise.all(page)
}

async function join(table: Table, key: string, value: unknown, into: Store): Promise<void> {
  const there = await into.put(table, key, value)
  if (table !== 'trajectories' || !hasFailed(there) || hasFailed(value)) return
  await Promise.all([into.delete(table, key), into.put(table, key, value)])
}

const hasFailed = (value: unknown) => (value as Trajectory).outcome.kind === 'failed'

/** Hashes that were looked for last; most are named again and again. */
const mostLooked = 100_000

/** Whatever may be the hash of a blob is looked for. One that is damaged is found out when it is read. */
function blobsNamed(from: Store, into: Store): Joining['take'] {
  const looked = new LRUCache<string, true>({ max: mostLooked })
  return async value => {
    for (const hash of hashesIn(JSON.stringify(value))) {
      if (looked.has(hash)) continue
      looked.set(hash, true)
      const bytes = await from.getBlob(hash).catch(error => {
        if (!(error instanceof DamagedError)) throw error
      })
      if (bytes) await into.putBlob(bytes)
    }
  }
}
