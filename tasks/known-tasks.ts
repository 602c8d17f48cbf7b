import { hashOf } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { InputError } from '../schemas/input-error.ts'
import type { Task } from '../schemas/task.ts'
import type { Input, InputFile } from '../store/input-file.ts'
import type { PictureChange } from '../store/normal-picture.ts'
import type { Store } from '../store/store.ts'
import type { Pins, Reach } from './remote/reach.ts'
import type { TaskSource } from './source.ts'
import { sizeKept, type TakenPicture } from './take-picture.ts'
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
  const sizes: number[] = []
  for await (const { task } of stretchOf(store, stretch, sizes))
    for (const image of task.images) {
      const size = await sizeKept(image, store)
      if (size === null) return undefined
      sizes.push(size)
    }
  return stretchOf(store, stretch, sizes)
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

/** `sizes` are those of all its pictures, in order, as far as they are known. */
async function* stretchOf(
  store: Store,
  { list, from, count, remarks }: Stretch,
  sizes: readonly number[],
): AsyncIterable<KnownTask> {
  let [number, picture] = [-from, 0]
  for await (const task of taskList(store, list)) {
    if (number >= count) return
    const { changed = [], pictures = [] } = remarks[number] ?? {}
    const taken = (image: Image, index: number) => ({
      image,
      changes: pictures[index] ?? [],
      size: sizes[picture++] ?? 0,
    })
    if (number >= 0) yield { task, changed, taken: task.images.map(taken) }
    number++
  }
}

/** Notes what sources give and from where, in order, so that those that lie elsewhere need not be read again. */
export function taskNotes() {
  const stretches: (Omit<Stretch, 'list'> & { source: TaskSource })[] = []
  const inputs: Input[] = []
  let from = 0
  return {
    inputs,
    noted: (file: InputFile) => void inputs.at(-1)?.files.push(file),
    begin(source: TaskSource) {
      inputs.push({ name: source.name, tasks: 0, pictures: { count: 0, bytes: 0 }, files: [] })
      from += stretches.at(-1)?.count ?? 0
      stretches.push({ source, from, count: 0, remarks: {} })
    },
    add(changed: readonly string[], taken: readonly TakenPicture[]) {
      const input = inputs.at(-1)
      if (input) count(input, taken)
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

function count(input: Input, taken: readonly TakenPicture[]): void {
  input.tasks++
  input.pictures.count += taken.length
  input.pictures.bytes += taken.reduce((sum, { size }) => sum + size, 0)
}
