import type { ExportRow } from '../../output/export.ts'
import { hf } from '../../output/targets/hf.ts'
import type { Config, Settings } from '../../pipeline/config.ts'
import { decidedRows } from '../../pipeline/decide/decisions.ts'
import { recurate } from '../../pipeline/jobs/curate.ts'
import { type Opening, runOn } from '../../pipeline/jobs/open-run.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import type { Progress } from '../../pipeline/progress.ts'
import type { Run } from '../../pipeline/run.ts'
import { settings } from '../../pipeline/settings.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { dropName } from '../../schemas/drop.ts'
import type { Reply, Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'
import { python } from '../../tools/python.ts'
import { png, reply, temporaryFolder } from '../fixtures.ts'

/** What a teacher was asked, as it was at that moment. */
export type Asked = Omit<TeacherRequest, 'bytes'>
type Script = (request: Asked, signal: AbortSignal) => Partial<Reply> | Promise<Partial<Reply>>

/** A teacher that follows a script and remembers what it was asked. */
export function scripted(script: Script, changes: Partial<Teacher> = {}): Teacher & { asked: Asked[] } {
  const asked: Asked[] = []
  return {
    name: 'scripted',
    options: {},
    samples: 1,
    asked,
    async ask({ bytes: _, ...request }, signal) {
      const copy = structuredClone(request)
      asked.push(copy)
      return reply(await script(copy, signal))
    },
    ...changes,
  }
}

/** The words of the question a request is about. */
export const wordsOf = ({ question }: Asked): string =>
  question.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')

/** What the tools said in the last turn. */
export const seenBy = ({ turns }: Asked): string =>
  (turns.at(-1)?.observations ?? [])
    .flatMap(({ parts }) => parts.flatMap(part => (part.type === 'text' ? [part.text] : [])))
    .join('\n')

export const says = (answer: string): Partial<Reply> => ({ text: `It follows.\n<answer>${answer}</answer>` })

/** Calls by name and raw arguments, all in one reply. */
export const calls = (...made: [name: string, args: string][]): Partial<Reply> => ({
  text: 'I have to look first.',
  stop: 'calls',
  calls: made.map(([name, args], index) => ({ id: `call_${index}`, name, arguments: args })),
})

export const runs = (...codes: string[]): Partial<Reply> =>
  calls(...codes.map((code): [string, string] => ['python', JSON.stringify({ code })]))

/** Tasks that ask how wide a picture is; `changes` for one each. */
export function widths(...changes: Partial<TaskDraft>[]): TaskSource {
  return {
    name: 'widths',
    options: {},
    async *read() {
      for (const [index, change] of changes.entries()) yield await widthTask(index, change)
    },
  }
}

async function widthTask(index: number, change: Partial<TaskDraft>): Promise<TaskDraft> {
  const place = `widths:${index + 1}`
  return {
    place,
    id: `width/${index + 1}`,
    question: `How wide is picture ${index + 1}, in pixels?`,
    images: [{ place, bytes: await png(8 + index) }],
    choices: null,
    answer: String(8 + index),
    answerType: 'number',
    tolerance: null,
    category: 'perception',
    source: { name: 'test', licence: 'CC0-1.0' },
    meta: {},
    ...change,
  }
}

export const tasks = (count: number): TaskSource => widths(...Array.from({ length: count }, () => ({})))

/** A run in a folder of its own, in this process. */
export interface TestRun {
  folder: string
  store: Store
  progress: Progress[]
  settings(changes?: Partial<Config>): Settings
  /** Opened on the store, for a job. It asks anybody unless it is said otherwise. */
  open(changes?: Partial<Config>, opening?: Partial<Opening>): Promise<Run>
  /** The whole job, with some of the config changed. */
  run(changes?: Partial<Config>, signal?: AbortSignal): Promise<Counts>
  /** The same, asking everything anew. */
  refresh(changes?: Partial<Config>): Promise<Counts>
  recurate(changes?: Partial<Config>): Promise<Counts>
  trajectories(): Promise<Trajectory[]>
  rows(): Promise<Awaited<ReturnType<typeof rowsOf>>>
  /** By task: `kept`, or the stage and reason that dropped it. */
  fates(): Promise<Record<string, string>>
}
type Counts = Awaited<ReturnType<typeof solveAndDecide>>

const never = new AbortController().signal

export async function withRun(
  config: Partial<Config> & { sandbox: Sandbox; teachers: Teacher[] },
  work: (run: TestRun) => Promise<void>,
  always: Partial<Opening> = {},
): Promise<void> {
  await using output = await temporaryFolder()
  const progress: Progress[] = []
  const listen = (event: Progress) => void progress.push(event)
  const make = (changes: Partial<Config> = {}) =>
    settings({
      name: 'test',
      output: output.path,
      tasks: tasks(1),
      tools: [python()],
      checks: [],
      filters: [],
      exports: [hf()],
      ...config,
      ...changes,
    })
  const { folder } = make()
  await using store = await openSqliteStore(folder)
  const open = (changes: Partial<Config> = {}, opening: Partial<Opening> = {}) =>
    runOn(store, make(changes), { listen, signal: never, asks: 'anybody', ...always, ...opening })
  await work({
    folder,
    store,
    progress,
    settings: make,
    open,
    run: async (changes, signal = never) => solveAndDecide(await open(changes, { signal })),
    refresh: async changes => solveAndDecide(await open(changes, { refresh: true })),
    recurate: async changes => recurate(await open(changes, { asks: 'nobody' })),
    trajectories: async () =>
      (await Array.fromAsync(store.scan<Trajectory>('trajectories'))).map(({ value }) => value),
    rows: () => rowsOf(folder, store),
    fates: async () => Object.fromEntries((await rowsOf(folder, store)).map(fateOf)),
  })
}

const rowsOf = (folder: string, store: Store) => Array.fromAsync(decidedRows(folder, store))

const fateOf = ({ measured, verdict }: ExportRow): [string, string] => [
  measured.trajectory.task.id,
  verdict.keep ? 'kept' : dropName(verdict),
]
