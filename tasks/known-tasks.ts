import { hashOf } from '../schemas/hash.ts'
import { InputError } from '../schemas/input-error.ts'
import type { Task } from '../schemas/task.ts'
import type { PictureChange } from '../store/normal-picture.ts'
import type { Store } from '../store/store.ts'
import type { Pins, Reach } from './remote/reach.ts'
import type { TaskSource } from './source.ts'
import { isWhole, type TakenPicture } from './take-picture.ts'
import { holdsList, type TaskList, taskList } from './task-list.ts'

/** What was changed in a task, and in each of its pictures, as it was read. */
interface Remark {
  changed: string[]
  pictures: PictureChange[][]
}

/** Where the tasks of a source stand in a list that is kept, and what was remarked on some, by their number. */
interface Stretch {
  list: string
  from: number
  count: number
  remarks: Record<number, Remark>
}

/** A task as a source that was read before gave it. */
export interface KnownTask {
  task: Task
  changed: string[]
  taken: TakenPicture[]
}

const pinOf = ({ name, options }: TaskSource) => `tasks/${hashOf({ name, options })}`

/**
 * The tasks of a source that lies elsewhere, if the run has read it before and all their pictures are whole: it is not
 * read again, so that the run goes on without the network.
 */
export async function knownTasks(
  source: TaskSource,
  store: Store,
  reach: Reach,
): Promise<AsyncIterable<KnownTask> | undefined> {
  if (!(await isPinned(source, reach))) return undefined
  const stretch = await reach.pins.get<Stretch>(pinOf(source))
  if (!stretch || !(await holdsList(store, stretch.list))) return undefined
  for await (const { task } of stretchOf(store, stretch))
    for (const image of task.images) if (!(await isWhole(image, store))) return undefined
  return stretchOf(store, stretch)
}

/** What is wrong with a source is said where it is read. */
async function isPinned(source: TaskSource, reach: Reach): Promise<boolean> {
  try {
    return (await source.isPinned?.(reach)) ?? false
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

async function* stretchOf(store: Store, { list, from, count, remarks }: Stretch): AsyncIterable<KnownTask> {
  let number = -from
  for await (const task of taskList(store, list)) {
    if (number >= count) return
    const { changed = [], pictures = [] } = remarks[number] ?? {}
    const taken = task.images.map((image, index) => ({ image, changes: pictures[index] ?? [] }))
    if (number >= 0) yield { task, changed, taken }
    number++
  }
}

/** Notes what sources give, in order, so that those that lie elsewhere need not be read again. */
export function taskNotes() {
  const stretches: (Omit<Stretch, 'list'> & { source: TaskSource })[] = []
  let from = 0
  return {
    begin(source: TaskSource) {
      from += stretches.at(-1)?.count ?? 0
      stretches.push({ source, from, count: 0, remarks: {} })
    },
    add(changed: readonly string[], taken: readonly TakenPicture[]) {
      const stretch = stretches.at(-1)
      const pictures = taken.map(({ changes }) => [...changes])
      if (!stretch) return
      if (changed.length > 0 || pictures.flat().length > 0)
        stretch.remarks[stretch.count] = { changed: [...changed], pictures }
      stretch.count++
    },
    pin({ fingerprint }: TaskList, pins: Pins) {
      for (const { source, ...stretch } of stretches)
        if (source.isPinned) pins.set(pinOf(source), { list: fingerprint, ...stretch } satisfies Stretch)
    },
  }
}
