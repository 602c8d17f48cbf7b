import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Inputs } from '../../output/run-about.ts'
import type { RolloutDraft, RolloutSource } from '../../rollouts/source.ts'
import { takeRollout } from '../../rollouts/take.ts'
import { InputError } from '../../schemas/input-error.ts'
import { unknownLicence } from '../../schemas/licence.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Database } from '../../store/database.ts'
import { textInPlace } from '../../store/file-in-place.ts'
import { writesUnderWay } from '../../store/writes-under-way.ts'
import { openPins } from '../../tasks/remote/pins.ts'
import { reachWith } from '../../tasks/remote/usual-reach.ts'
import type { Problem } from '../../tasks/source.ts'
import type { Brought, PlanEntry } from '../plan.ts'
import { toolSpecs } from '../rollout/observe.ts'
import type { Run } from '../run.ts'
import { belongsTo } from '../run-part.ts'
import { openStage } from '../stage.ts'
import { madeWithoutCalls } from './rerun-rollouts.ts'

type ReadFile = Inputs['texts'][number]['files'][number]

/** What was read of a source of rollouts. `unread` rows have a fault each, of which the first are kept. */
export interface ReadSource {
  name: string
  rows: number
  /** Rows that say the same as one before. */
  repeated: number
  unread: number
  faults: Problem[]
  licence: string
  /** Those that were read to their end. */
  files: ReadFile[]
}

/** The rollouts that sources gave: `fingerprint` is equal for the same rollouts in the same order. */
export interface TakenRollouts extends Brought, AsyncDisposable {
  sources: ReadSource[]
}

/** Rows at work at once. */
const pageSize = 16
/** Rows that wait to be written. */
const mostWritten = 256
/** Faults that are kept of a source. */
const mostFaults = 1000

export const takenPath = (folder: string): string => join(folder, 'rollouts.json')

/**
 * Take in the rollouts of every source: a bad row costs itself and is told; a source without any good one is refused.
 * They are trajectories then, which nobody has executed here.
 */
export async function takeRollouts(run: Run): Promise<TakenRollouts> {
  const { config, store, signal, listen } = run
  const temporary = await config.store.temporary(join(config.folder, 'taking.sqlite'))
  const list = listIn(temporary.table)
  const pins = openPins(store, config.newest)
  const sources: ReadSource[] = []
  const noted = (file: ReadFile) => void sources.at(-1)?.files.push(file)
  const reach = reachWith({ pins, noted, signal, listen })
  const stage = openStage(run, 'intake', null)
  const writes = writesUnderWay(mostWritten)
  for (const source of config.rollouts) {
    const { licence = unknownLicence } = source.options
    const read = openRead(source.name, String(licence))
    sources.push(read)
    // One after the other: of rows that say the same, the first is told.
    for await (const page of paged(stage.through(source.read(reach))))
      for (const each of await Promise.all(page.map(draft => taken(draft, source, run)))) {
        if (each !== null && !('problem' in each)) await writes.add(keep(each, run))
        note(each, read, list)
      }
    await writes.end()
    tell(read, run)
  }
  await pins.keep()
  await textInPlace(takenPath(config.folder), `${JSON.stringify({ sources }, null, 2)}\n`)
  return { ...list.said(), sources, [Symbol.asyncDispose]: temporary[Symbol.asyncDispose] }
}

/** Null for one whose task belongs to another part of the run. */
async function taken(draft: RolloutDraft | Problem, { name }: RolloutSource, { store, config }: Run) {
  if ('problem' in draft) return draft
  const tools = config.tools.flatMap(tool =>
    toolSpecs([tool]).map(spec => ({ ...spec, ...(tool.kind && { kind: tool.kind }) })),
  )
  const trajectory = await takeRollout(draft, name, { store, tools })
  return 'problem' in trajectory || belongsTo(config.part)(trajectory.task.id) ? trajectory : null
}

/** What has no call to be made again is whole as it is. */
const keep = (trajectory: Trajectory, { store, config }: Run): Promise<Trajectory> =>
  store.put('trajectories', trajectory.key, madeWithoutCalls(trajectory, config))

const openRead = (name: string, licence: string): ReadSource => ({
  ...{ name, licence, files: [] },
  ...{ rows: 0, repeated: 0, unread: 0, faults: [] },
})

type List = ReturnType<typeof listIn>

function note(each: Trajectory | Problem | null, read: ReadSource, list: List): void {
  if (each === null) return
  if ('problem' in each) {
    read.unread++
    if (read.faults.length < mostFaults) read.faults.push(each)
    return
  }
  read.rows++
  if (!list.add(each, read.name)) read.repeated++
}

function tell({ name, rows, unread, repeated, faults }: ReadSource, { listen, config }: Run): void {
  const [first] = faults
  const where = first ? `${first.place}: ${first.problem}` : 'there is none'
  if (rows === 0 && !config.part)
    throw new InputError([`rollouts: ${name}: no row can be read (first: ${where})`])
  if (unread > 0)
    listen({
      kind: 'warning',
      message: `${name}: ${unread} of ${rows + unread} rows are not read (first: ${where})`,
    })
  if (repeated > 0)
    listen({ kind: 'note', message: `${name}: ${repeated} of ${rows} rows say the same as an earlier one` })
}

/** Keys and what is planned by them, on disk. The fingerprint tells the order of the rows. */
function listIn(table: Database) {
  table.exec('CREATE TABLE taken (place INTEGER PRIMARY KEY, key TEXT UNIQUE, entry TEXT)')
  const insert = table.prepare('INSERT OR IGNORE INTO taken (key, entry) VALUES (?, ?)')
  const hash = createHash('sha256')
  let count = 0
  return {
    /** Whether it was not there. */
    add({ key, task, sample }: Trajectory, source: string): boolean {
      const entry: PlanEntry = { task, teacher: source, sample }
      if (insert.run(key, JSON.stringify(entry)).changes === 0) return false
      hash.update(key)
      count++
      return true
    },
    said: () => ({
      fingerprint: hash.digest('hex'),
      count,
      *entries(): Iterable<[string, PlanEntry]> {
        // By key, since tables grow faster where they grow at their end.
        const all = table.prepare('SELECT key, entry FROM taken ORDER BY key')
        for (const { key, entry } of all.iterate()) yield [String(key), JSON.parse(String(entry))]
      },
    }),
  }
}

async function* paged<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let page: T[] = []
  for await (const item of items) {
    page.push(item)
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
