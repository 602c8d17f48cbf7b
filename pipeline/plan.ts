import type { Note } from '../filters/selector.ts'
import type { Inputs } from '../output/run-about.ts'
import { hashOf } from '../schemas/hash.ts'
import { contentOf, type Task } from '../schemas/task.ts'
import { marks } from '../store/marks.ts'
import { taskList } from '../tasks/task-list.ts'
import type { Teacher } from '../teachers/teacher.ts'
import type { Settings } from './config.ts'
import { ConfigError } from './errors.ts'
import { interruptible } from './interruptible.ts'
import { conditions } from './rollout-conditions.ts'
import type { Run } from './run.ts'
import { withoutImages } from './without-images.ts'

/** One rollout that is to be done. */
export interface Planned {
  key: string
  task: Task
  teacher: Teacher
  sample: number
}

export interface PlanEntry {
  task: Task
  teacher: string
  sample: number
}

/** Rollouts that were made elsewhere: they are planned, and nobody is asked for them. */
export interface Brought {
  fingerprint: string
  count: number
  entries(): Iterable<[key: string, entry: PlanEntry]>
}

export interface Plan {
  id: string
  /** Rollouts, at most: on a ladder some may prove needless. */
  total: number
  /** How many of them were made elsewhere. */
  brought?: number
  /** The key of a rollout. */
  keyOf(task: Task, teacher: Teacher, sample: number): string
  /** What intake has to say. */
  notes?: ({ by: string } & Note)[]
  /** What was taken in. */
  inputs?: Inputs
  /** Which of its rollouts are meant; all without. */
  within?: (item: Planned) => boolean
}

/** Entries that are written together: a commit for each would take longer than all else. */
const pageSize = 256

/**
 * Write down every rollout that the config asks for. Its key holds what decides what a teacher is asked and nothing
 * else, so other checks, filters, exports or a larger task set never buy a trajectory again. `tasks` are those of the
 * list that are to be solved, all by default; a plan that was made before grows by those that were not known then.
 */
export async function makePlan(
  fingerprint: string,
  run: Run,
  tasks: AsyncIterable<Task> = taskList(run.store, fingerprint),
  brought?: Brought,
): Promise<Plan> {
  const { config, store } = run
  const plan = emptyPlan(fingerprint, run, brought)
  let page: [key: string, entry: PlanEntry][] = []
  const write = () => Promise.all(page.map(([key, entry]) => store.put('plan', `${plan.id}/${key}`, entry)))
  const add = async (entries: Iterable<[key: string, entry: PlanEntry]>) => {
    for (const entry of entries) page.push(entry)
    if (page.length < pageSize) return
    plan.total += (await write()).length
    page = []
  }
  for await (const task of tasks)
    await add(config.teachers.flatMap(teacher => entriesOf(task, teacher, plan.keyOf)))
  for (const entry of brought?.entries() ?? []) await add([entry])
  plan.total += (await write()).length
  return plan
}

function emptyPlan(fingerprint: string, run: Run, brought?: Brought): Plan {
  const screens = screensOf(run.config)
  const teachers = run.config.teachers.map(({ name, options, samples }) => ({ name, options, samples }))
  const asked = { fingerprint, shared: sharedByAll(run), teachers, ...(screens.length > 0 && { screens }) }
  const rollouts = brought && { rollouts: brought.fingerprint }
  return {
    id: hashOf({ ...asked, ...rollouts }).slice(0, 16),
    total: 0,
    ...(brought && { brought: brought.count }),
    keyOf: rolloutKeys(run),
  }
}

/** The same of all tasks that are to be solved; what was written down whole is not gone through again. */
export async function wholePlan(
  fingerprint: string,
  run: Run,
  tasks: AsyncIterable<Task>,
  brought?: Brought,
): Promise<Plan> {
  // Which tasks these are depends on the list, which is part of the plan's id, and on what screens said of them.
  const written = marks<number>(run.store, 'planned', ['plan', 'screenings'])
  const empty = emptyPlan(fingerprint, run, brought)
  const known = await written.get(empty.id)
  if (known !== undefined) return { ...empty, total: known }
  const plan = await makePlan(fingerprint, run, tasks, brought)
  await written.set(plan.id, plan.total)
  return plan
}

const entriesOf = (task: Task, teacher: Teacher, keyOf: Plan['keyOf']) =>
  Array.from({ length: teacher.samples }, (_, sample): [string, PlanEntry] => [
    keyOf(task, teacher, sample),
    { task, teacher: teacher.name, sample },
  ])

/** Every planned rollout, in key order: the order of all rows that are written. */
export async function* planned(plan: Plan, { config, store, signal }: Run): AsyncGenerator<Planned> {
  const teachers = new Map([...config.teachers, ...elsewhere(config)].map(each => [each.name, each]))
  const entries = store.scan<PlanEntry>('plan', `${plan.id}/`)
  for await (const { key, value } of interruptible(entries, signal, 10)) {
    const teacher = teachers.get(value.teacher)
    if (!teacher) continue
    const item = { key: key.slice(plan.id.length + 1), task: value.task, teacher, sample: value.sample }
    if (plan.within?.(item) ?? true) yield item
  }
}

/**
 * Some of them, by their keys. Throws ConfigError where the plan was made from another config than this one, or is not
 * in this store.
 */
export async function plannedIn(
  plan: Plan,
  keys: readonly string[],
  { config, store }: Run,
): Promise<Planned[]> {
  const teachers = new Map([...config.teachers, ...elsewhere(config)].map(each => [each.name, each]))
  const entries = await Promise.all(keys.map(key => store.get<PlanEntry>('plan', `${plan.id}/${key}`)))
  return entries.map((entry, index) => {
    const key = keys[index] ?? ''
    if (!entry)
      throw new ConfigError(
        `the store in ${config.folder} does not hold the plan of its leader; give all workers of a run one store`,
      )
    const teacher = teachers.get(entry.teacher)
    const isOurs = teacher !== undefined && config.teachers.includes(teacher)
    if (!teacher || (isOurs && plan.keyOf(entry.task, teacher, entry.sample) !== key))
      throw new ConfigError(
        `the config is another one than its leader's, so it would ask ${entry.teacher} something else; give both the same`,
      )
    return { key, task: entry.task, teacher, sample: entry.sample }
  })
}

/** In the place of those who made rollouts elsewhere: nobody asks them. */
const elsewhere = ({ rollouts }: Settings): Teacher[] =>
  rollouts.map(({ name, options }) => ({
    name,
    options,
    samples: 1,
    ask: () => Promise.reject(new Error(`${name} is not here to be asked`)),
  }))

/** What screens ask about a task. */
export const screensOf = ({ screens }: Settings) =>
  screens.map(({ name, version, options }) => ({ name, version, options }))

/** What else decides who is asked what. */
export const whoIsAsked = (config: Settings) => ({
  teachers: config.teachers.map(({ name, options, samples }) => ({ name, options, samples })),
  screens: screensOf(config),
  checks: config.checks
    .filter(({ models = [] }) => models.length > 0)
    .map(({ name, version, options }) => ({ name, version, options })),
})

/** What all rollouts have in common, as a hash. */
export const sharedBy = ({ config, generation }: Pick<Run, 'config' | 'generation'>): string =>
  hashOf({ ...conditions(config), ...(generation > 0 ? { generation } : {}) })

/** The same for all tasks, with images and without. */
export const sharedByAll = ({ config, generation }: Pick<Run, 'config' | 'generation'>): string =>
  hashOf([config, withoutImages(config)].map(config => sharedBy({ config, generation })))

/** The same for those of a task, since tasks without images are asked in other words. */
export function sharedFor({
  config,
  generation,
}: Pick<Run, 'config' | 'generation'>): (task: Task) => string {
  const shared = sharedBy({ config, generation })
  const without = sharedBy({ config: withoutImages(config), generation })
  return ({ images }) => (images.length > 0 ? shared : without)
}

/** The keys of rollouts of a run, whether they are planned or not. */
export function rolloutKeys(run: Pick<Run, 'config' | 'generation'>): Plan['keyOf'] {
  const shared = sharedFor(run)
  return (task, teacher, sample) => rolloutKey(task, teacher, sample, shared(task))
}

/** The key of a rollout where all have in common what has the hash `shared`. */
export const rolloutKey = (
  task: Task,
  { name, options }: Pick<Teacher, 'name' | 'options'>,
  sample: number,
  shared: string,
) => hashOf({ task: contentOf(task), teacher: { name, options }, sample, shared })

/** Where a rollout's turns are in the store: they sort by number. */
export const turnKey = (key: string, index: number) => `${key}/${String(index).padStart(4, '0')}`
