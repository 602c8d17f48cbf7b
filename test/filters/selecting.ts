import type { Measured } from '../../filters/filter.ts'
import type { Note, Rejection, Selector } from '../../filters/selector.ts'
import { openDecisionTable } from '../../pipeline/decide/decision-table.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import type { Task } from '../../schemas/task.ts'
import type { Trajectory, Turn } from '../../schemas/trajectory.ts'
import { keepImage } from '../../store/images.ts'
import { openSqliteStore, sqlite } from '../../store/sqlite.ts'
import { temporaryFolder, trajectory } from '../fixtures.ts'

const { signal } = new AbortController()

export interface Selected {
  rejected: Rejection[]
  notes: Note[]
}

/** What a selector rejects, in a workspace as the pipeline gives it. `images` are the bytes that rows refer to. */
export async function select(
  selector: Selector,
  rows: readonly Measured[],
  images: readonly Uint8Array[] = [],
): Promise<Selected> {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  for (const bytes of images) await keepImage(store, bytes)
  await using decisions = await openDecisionTable({
    config: { folder: folder.path, store: sqlite() },
    store,
    signal,
  })
  await using workspace = await decisions.workspace(selector.name)
  const rejected = await Array.fromAsync(selector.select(inKeyOrder(rows), workspace))
  return { rejected, notes: decisions.notes.map(({ by: _, ...note }) => note) }
}

async function* inKeyOrder(rows: readonly Measured[]) {
  yield* rows.toSorted((a, b) => (a.trajectory.key < b.trajectory.key ? -1 : 1))
}

/** The image as intake would keep it. */
export async function kept(bytes: Uint8Array): Promise<Image> {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  return await keepImage(store, bytes)
}

export interface RowChanges extends Partial<Omit<Trajectory, 'task' | 'turns'>> {
  task?: Partial<Task>
  turns?: Turn[]
}

/** A row whose key says which it is: `row('b')` is after `row('a')`. */
export function row(
  name: string,
  { task, ...changes }: RowChanges = {},
  facts: Measured['facts'] = [],
): Measured {
  const made = trajectory({ key: keyOf(name), ...changes })
  return { trajectory: { ...made, task: { ...made.task, id: name, ...task } }, facts }
}

/** Sorts as the names do. */
export const keyOf = (name: string): string =>
  Buffer.from(name.padEnd(8).slice(0, 8)).toString('hex') + sha256(name).slice(16)
