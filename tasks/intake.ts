import { InputError, shortened } from '../schemas/input-error.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import { problemList } from '../schemas/problem-list.ts'
import { Task } from '../schemas/task.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { LockedError, StoreError } from '../store/errors.ts'
import { FolderError } from '../store/folder.ts'
import type { Input } from '../store/input-file.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import type { Store } from '../store/store.ts'
import { faultsOf } from './draft-faults.ts'
import { faultOf } from './file-faults.ts'
import { type KnownTask, knownTasks, taskNotes } from './known-tasks.ts'
import { type PicturesSaid, pictureTally } from './picture-tally.ts'
import { openPins } from './remote/pins.ts'
import type { Reach } from './remote/reach.ts'
import { reachWith } from './remote/usual-reach.ts'
import type { Problem, TaskDraft, TaskSource } from './source.ts'
import { openStaging, type Staging } from './staged-tasks.ts'
import { type TakenPicture, takePicture } from './take-picture.ts'
import { keepTaskList, type TaskList } from './task-list.ts'

/** Images looked at at once. */
const concurrency = 4

/** Sees every row go by that was looked at; what it throws ends the intake. */
export type Watch = <T>(rows: AsyncIterable<T>) => AsyncIterable<T>

/** What was taken in, and what was changed in it, one line a kind. */
export interface TakenIn extends TaskList, PicturesSaid {
  changed: string[]
  /** By source, in order. */
  inputs: Input[]
}

/**
 * Take in the tasks of all sources, in order, after every row and image has been looked at. Throws one InputError
 * for all that is wrong, and then leaves nothing that a later intake could notice.
 */
export async function intake(
  sources: readonly TaskSource[],
  store: Store,
  watch: Watch = rows => rows,
  { newest, mine = () => true, ...given }: Reaching = {},
): Promise<TakenIn> {
  using staging = openStaging()
  const pins = openPins(store, newest)
  const notes = taskNotes()
  const reach = reachWith({ pins, noted: notes.noted, ...given })
  const problems = problemList()
  const changes = new Map<string, number>()
  const tally = pictureTally()
  for (const source of sources) {
    let empty = true
    notes.begin(source)
    for await (const { draft, task, taken, faults } of watch(
      await preparedOf(source, store, { reach, mine }),
    )) {
      empty = false
      problems.add(faults)
      if (draft) problems.add(claim(staging, draft, task))
      if (draft && !mine(draft.id)) continue
      for (const kind of draft?.changed ?? []) changes.set(kind, (changes.get(kind) ?? 0) + 1)
      if (draft) tally.add(draft, taken)
      notes.add(draft?.changed ?? [], taken)
    }
    if (empty) problems.add([`${source.name}: has no tasks; give it some or leave it out`])
  }
  if (sources.length === 0)
    problems.add(['tasks: there is no source; name one, as in jsonl(…) or parquet(…)'])
  problems.refuse()
  const list = await keepTaskList(store, () => staging.tasks())
  notes.pin(list, pins)
  await pins.keep()
  return {
    ...list,
    ...tally.said(),
    inputs: notes.inputs,
    changed: [...changes].map(([kind, tasks]) => `${tasks} of ${list.count} tasks ${kind}`),
  }
}

/** What sources that lie elsewhere are reached by; with `newest`, what is there now is taken and pinned anew. */
interface Reaching extends Partial<Reach> {
  newest?: boolean | undefined
  /** Which tasks are taken in, by their ids: all without. Of the others, only the words are looked at. */
  mine?: (id: string) => boolean
}

interface Prepared {
  draft: Pick<TaskDraft, 'id' | 'place' | 'changed'> | null
  task: Task | null
  taken: TakenPicture[]
  faults: string[]
}

async function preparedOf(
  source: TaskSource,
  store: Store,
  { reach, mine }: { reach: Reach; mine: (id: string) => boolean },
): Promise<AsyncIterable<Prepared>> {
  const known = await knownTasks(source, store, reach)
  if (known) return readBefore(source.name, known)
  return inOrder(entriesOf(source, reach), async entry =>
    'problem' in entry || mine(entry.id) ? prepare(entry, source, store) : readOnly(entry),
  )
}

async function* readBefore(place: string, tasks: AsyncIterable<KnownTask>): AsyncIterable<Prepared> {
  for await (const { task, changed, taken } of tasks)
    yield { draft: { id: task.id, place, changed }, task, taken, faults: [] }
}

async function* entriesOf(source: TaskSource, reach: Reach): AsyncIterable<TaskDraft | Problem> {
  try {
    yield* source.read(reach)
  } catch (error) {
    reach.signal.throwIfAborted()
    if (machineFault(error) || isOfOthers(error)) throw error
    const problem = `cannot be read further (${faultOf(error)})`
    if (!(error instanceof InputError)) yield { place: source.name, problem }
    else for (const line of error.lines) yield { place: source.name, problem: line }
  }
}

/** Neither the source nor its rows are at fault. */
const isOfOthers = (error: unknown) =>
  [RemoteError, StoreError, LockedError, FolderError].some(kind => error instanceof kind)

/** Words that somebody else takes in, with the pictures. */
const readOnly = (draft: TaskDraft): Prepared => ({
  draft,
  task: null,
  taken: [],
  faults: faultsOf(draft).map(fault => `${draft.place}: ${fault}`),
})

async function prepare(
  entry: TaskDraft | Problem,
  { pictures = {} }: TaskSource,
  store: Store,
): Promise<Prepared> {
  if ('problem' in entry)
    return { draft: null, task: null, taken: [], faults: [`${entry.place}: ${entry.problem}`] }
  const looked: (TakenPicture | string)[] = []
  for (const image of entry.images) looked.push(await takePicture(image, pictures, store))
  const taken = looked.filter(each => typeof each !== 'string')
  const wrong = looked.filter(each => typeof each === 'string')
  const faults = [...faultsOf(entry).map(fault => `${entry.place}: ${fault}`), ...wrong]
  if (faults.length > 0) return { draft: entry, task: null, taken, faults }
  const { place, changed: _, wordsAlone: __, ...fields } = entry
  const task = checked({ ...fields, images: taken.map(({ image }) => image) })
  if (task.ok) return { draft: entry, task: task.value, taken, faults }
  return { draft: entry, task: null, taken, faults: [`${place}: ${task.field || 'task'}: ${task.message}`] }
}

const checked = lazyValidator(Task)

function claim(
  staging: Staging,
  { id, place }: Pick<TaskDraft, 'id' | 'place'>,
  task: Task | null,
): string[] {
  // What looks the same is the same, however its accents are written.
  const before = id.trim() === '' ? null : staging.claim(id.normalize(), place, task)
  return before === null
    ? []
    : [`${place}: id: ${shortened(JSON.stringify(id))} is also at ${before}; ids must differ`]
}

/** Work on a few at once; results come in the order of the items, and no item is read ahead of the window. */
async function* inOrder<A, B>(items: AsyncIterable<A>, work: (item: A) => Promise<B>): AsyncIterable<B> {
  const running: Promise<B>[] = []
  try {
    for await (const item of items) {
      const result = work(item)
      // It is awaited later; until then its fault is not an unhandled one.
      result.catch(() => {})
      running.push(result)
      if (running.length < concurrency) continue
      yield await (running.shift() as Promise<B>)
    }
    while (running.length > 0) yield await (running.shift() as Promise<B>)
  } finally {
    await Promise.allSettled(running)
  }
}
