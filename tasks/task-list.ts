import { createHash } from 'node:crypto'
import { hashOf } from '../schemas/hash.ts'
import { contentOf, type Task } from '../schemas/task.ts'
import type { Store } from '../store/store.ts'

/** An ordered list of tasks in a store: `fingerprint` is equal for equal tasks in equal order. */
export interface TaskList {
  fingerprint: string
  count: number
}

const pageSize = 256

/**
 * Layout in table `tasks`: `task/<hash>` is a task, kept once over all lists; `list/<fingerprint>/<page>` the hashes
 * of 256 tasks; `list/<fingerprint>` its length, put last. A list never changes: other tasks are another list.
 * `known/<hash>` is the name and licence of its source that a task was first known by, and `known` is put once those of
 * older lists are. `first/<hash of an id>` is the number of the extension that brought the id, and `extension/<number>`
 * the list that did; neither is there before there is a second list.
 */
export async function keepTaskList(store: Store, tasks: () => Iterable<Task>): Promise<TaskList> {
  const list = measure(tasks())
  if (await store.get('tasks', headKey(list.fingerprint))) return list
  await knowOlder(store)
  const extension = await nextExtension(store)
  let [number, brought] = [0, 0]
  for (const page of pages(tasks())) {
    const hashes = await Promise.all(page.map(task => keepTask(store, task)))
    if (extension > 0) brought += await bring(store, page, extension)
    await store.put('tasks', `${headKey(list.fingerprint)}/${String(number).padStart(8, '0')}`, hashes)
    number += 1
  }
  if (brought > 0) await store.put('tasks', extensionKey(extension), list.fingerprint)
  await store.put('tasks', headKey(list.fingerprint), list.count)
  return list
}

/** Whether a store holds a whole list. */
export const holdsList = async (store: Store, fingerprint: string): Promise<boolean> =>
  (await store.get('tasks', headKey(fingerprint))) !== undefined

/** The tasks of a list, in order, one page in memory. Throws where the store does not hold the whole list. */
export async function* taskList(store: Store, fingerprint: string): AsyncIterable<Task> {
  const missing = `the store holds no whole task list ${fingerprint}; take the tasks in again`
  if (!(await holdsList(store, fingerprint))) throw new Error(missing)
  for await (const { value } of store.scan<string[]>('tasks', `${headKey(fingerprint)}/`)) {
    for (const hash of value) {
      const task = await store.get<Task>('tasks', taskKey(hash))
      if (!task) throw new Error(missing)
      yield task
    }
  }
}

const headKey = (fingerprint: string) => `list/${fingerprint}`
const taskKey = (hash: string) => `task/${hash}`

async function keepTask(store: Store, given: Task): Promise<string> {
  const task = await asKnown(store, given)
  const hash = hashOf(task)
  await store.put('tasks', taskKey(hash), task)
  return hash
}

const knownKey = (task: Task) => `known/${hashOf({ ...contentOf(task), source: task.source.url ?? null })}`

/**
 * A task with what it was first known by. Its rollouts are stored under that, and a licence that is corrected must not
 * buy them again.
 */
async function asKnown(store: Store, task: Task): Promise<Task> {
  const { name, licence } = task.source
  const known = (await knownAs(store, task)) ?? (await store.put('tasks', knownKey(task), { name, licence }))
  return known.name === name && known.licence === licence ? task : { ...task, known }
}

const knownAs = (store: Store, task: Task) => store.get<Task['known']>('tasks', knownKey(task))

/** Lists that were kept before this was written down. */
async function knowOlder(store: Store): Promise<void> {
  if ((await store.get('tasks', 'known')) !== undefined) return
  for await (const { value: task } of store.scan<Task>('tasks', taskKey(''))) await asKnown(store, task)
  await store.put('tasks', 'known', true)
}

const extensionKey = (number: number) => `extension/${String(number).padStart(8, '0')}`
const firstKey = (id: string) => `first/${hashOf(id.normalize())}`

/**
 * What a list that the store does not hold extends its tasks by: 0 for the first one. Tasks of older lists, which may
 * be from before this was written down, all belong to extension 0.
 */
async function nextExtension(store: Store): Promise<number> {
  const number = await extensionCount(store)
  if (number > 0 || !(await holdsAnyList(store))) return number
  const page: Task[] = []
  for await (const { value: task } of store.scan<Task>('tasks', taskKey('')))
    if (page.push(task) === pageSize) await bring(store, page.splice(0), 0)
  await bring(store, page, 0)
  await store.put('tasks', extensionKey(0), true)
  return 1
}

async function holdsAnyList(store: Store): Promise<boolean> {
  for await (const { key } of store.scan('tasks', headKey(''))) if (!key.slice(5).includes('/')) return true
  return false
}

/** How many of these ids no earlier extension has brought. A killed intake finds its own again. */
async function bring(store: Store, tasks: readonly Task[], extension: number): Promise<number> {
  const firsts = await Promise.all(tasks.map(({ id }) => store.put('tasks', firstKey(id), extension)))
  return firsts.filter(first => first === extension).length
}

/** How many ids each extension of a run has brought; none where all came at once. */
export async function extensionSizes(store: Store): Promise<number[]> {
  const sizes: number[] = Array(await extensionCount(store)).fill(0)
  if (sizes.length < 2) return []
  for await (const { value } of store.scan<number>('tasks', 'first/')) sizes[value] = (sizes[value] ?? 0) + 1
  return sizes
}

async function extensionCount(store: Store): Promise<number> {
  let count = 0
  for await (const _ of store.scan('tasks', 'extension/')) count++
  return count
}

/** The number of the extension that brought a task; 0 where all came at once. */
export type ExtensionOf = (task: Pick<Task, 'id'>) => Promise<number>

export async function extending(store: Store): Promise<ExtensionOf> {
  if ((await extensionCount(store)) < 2) return async () => 0
  return async ({ id }) => (await store.get<number>('tasks', firstKey(id))) ?? 0
}

/** Has tasks known in a store as they are in another, and first brought by the same extensions. */
export async function knowAlike(from: Store, to: Store): Promise<void> {
  for (const prefix of ['known/', 'first/', 'extension/'])
    for await (const { key, value } of from.scan('tasks', prefix)) await to.put('tasks', key, value)
}

function measure(tasks: Iterable<Task>): TaskList {
  const hash = createHash('sha256')
  let count = 0
  for (const task of tasks) {
    hash.update(hashOf(task))
    count += 1
  }
  return { fingerprint: hash.digest('hex'), count }
}

function* pages(tasks: Iterable<Task>): Iterable<Task[]> {
  let page: Task[] = []
  for (const task of tasks) {
    page.push(task)
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
