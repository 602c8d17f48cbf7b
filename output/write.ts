import { join, resolve } from 'node:path'
import type { Image } from '../schemas/image.ts'
import { InputError } from '../schemas/input-error.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import type { MetaShape } from '../schemas/meta-shape.ts'
import { soundTrajectory } from '../schemas/sound-trajectory.ts'
import type { Task } from '../schemas/task.ts'
import type { ToolKinds, ToolSpec } from '../schemas/trajectory.ts'
import { readFor } from '../store/errors.ts'
import { cardOf } from './card.ts'
import { breachOf, rowsAtStake } from './earlier-export.ts'
import type { AnyExport, ExportRow, ScreenedTask, TaskContext } from './export.ts'
import type { Breach, ExportGuard } from './guard.ts'
import { type Lengths, lengthCounter } from './length/lengths.ts'
import { manifestOf } from './manifest.ts'
import { type Draft, openDraft, shownExport } from './numbered/numbered-export.ts'
import type { RunAbout } from './run-about.ts'
import { flushToDisk } from './shards/shards.ts'
import { type Summary, summarise } from './summary.ts'
import { type RolloutNotes, type TableFile, tablePath, type WrittenTable } from './tables/table.ts'
import { allTables, openTables } from './tables/tables.ts'
import {
  describeFile,
  type Item,
  openTarget,
  type RowPlace,
  type Target,
  type Written,
  writeText,
} from './target.ts'
import type { TargetCounts } from './target-counts.ts'

export interface ExportCounts {
  summary: Summary
  targets: Record<string, TargetCounts>
  /**
   * Where there is nothing to train on, though that was not allowed: rows of the earlier export. If it has any, it is
   * shown still.
   */
  left?: number
  /** The bound that it does not keep, where the earlier export is shown still for that; and where it lies itself. */
  refused?: Breach & { folder: string }
  /** What is shown now: its number (null if an older kindling wrote it), and sha256 of its manifest. */
  shown: Awaited<ReturnType<typeof shownExport>>
}

interface Writing {
  /** Shows the newest export: what is written gets a number beside it. */
  folder: string
  /** In the order the shards shall have, part by part: the same rows in the same order give the same bytes. */
  rows: AsyncIterable<ExportRow>
  /** Tasks that were to be screened, if any were. */
  tasks?: AsyncIterable<ScreenedTask>
  exports: readonly AnyExport[]
  about: RunAbout
  bytes(image: Image): Promise<Uint8Array>
  /** The run's tools, and what they are for. */
  tools?: readonly ToolSpec[]
  /** Those that are offered to a task without images; the same by default. */
  plainTools?: readonly ToolSpec[]
  kinds?: ToolKinds
  imageSearch?: TaskContext['imageSearch']
  analysis?: TaskContext['analysis']
  /** For which student rows are measured. */
  lengths?: Lengths
  /** The fields of `meta` over all rows, where somebody looked. */
  meta?: MetaShape
  /** What else tables tell of a rollout: nothing where it is not known. */
  known?: RolloutNotes
  /** Also where nothing is left to train on and the earlier export holds rows. */
  allowEmpty?: boolean
  /** What it has to hold to be shown. */
  guard?: ExportGuard
}

/**
 * Write every target in one pass over the rows and the screened tasks, then the dataset card and the manifest, and show
 * all as the next numbered export in one step. Interrupted or failed, it leaves the one that is shown; so it does where
 * the bytes are the same, where `guard` is not kept and, unless `allowEmpty`, where nothing was kept. Throws InputError
 * where the folder cannot be written or the disk is full.
 */
export async function writeExports(writing: Writing): Promise<ExportCounts> {
  checkNames(writing.exports)
  try {
    return await write(writing)
  } catch (error) {
    throw diskProblem(writing.folder, error) ?? error
  }
}

async function write(writing: Writing): Promise<ExportCounts> {
  const { folder, rows, tasks = [], exports, about, meta = null, lengths = {} } = writing
  await using draft = await openDraft(folder)
  await using stack = new AsyncDisposableStack()
  const targets: Target[] = []
  const counter = lengthCounter(lengths)
  for (const one of exports)
    targets.push(stack.use(await openTarget(draft.path, withMeta(one, meta), counter)))
  const tables = await openTables(draft.path, writing.known ?? nothing)
  const seen = summarise()
  for await (const { measured, verdict, part = 0 } of rows) {
    const trajectory = soundTrajectory(measured.trajectory)
    const row = { measured: { ...measured, trajectory }, verdict }
    seen.add(row)
    await tables.add(row, await addTo(targets, row, part, writing), part)
  }
  for await (const { screening, part = 0 } of tasks) {
    seen.addTask(screening)
    if (screening) await addTo(targets, screening, part, writing)
  }
  const written: Written[] = []
  for (const target of targets) written.push(await target.finish())
  const summary = seen.result()
  const beside = await describeTables(draft.path, tables.finish())
  const card = await writeText(draft.path, 'README.md', cardOf(about, summary, written, beside))
  const before = await draft.before()
  await writeText(
    draft.path,
    'manifest.json',
    manifestOf(about, summary, written, { tables: beside, others: [card], before }),
  )
  return {
    summary,
    ...(await settle(draft, writing, { summary, written })),
    targets: Object.fromEntries(written.map(({ name, counts }) => [name, counts])),
    shown: await shownExport(folder),
  }
}

const nothing: RolloutNotes = { costs: () => [], tries: () => null, label: () => null }

/** The files of tables, with what is in them. */
const describeTables = (folder: string, written: readonly WrittenTable[]): Promise<TableFile[]> =>
  Promise.all(
    written.map(async each => {
      const path = tablePath(each.table)
      await flushToDisk(join(folder, path))
      return { ...each, file: await describeFile(folder, path) }
    }),
  )

interface Drafted {
  summary: Summary
  written: readonly Written[]
}

/** Show what was written, unless it is shown already or may not take the place of what is. */
async function settle(
  draft: Draft,
  { folder, allowEmpty, guard = {} }: Writing,
  { summary, written }: Drafted,
): Promise<Pick<ExportCounts, 'left' | 'refused'>> {
  const left = allowEmpty ? undefined : await rowsAtStake(folder, written)
  const empty = left === undefined ? {} : { left }
  if (await draft.isShown()) return empty
  const breach = left ? undefined : await breachOf(folder, summary, guard)
  if (!left && !breach) await draft.place()
  if (!left && !breach) return empty
  const refused = await draft.refuse()
  return { ...empty, ...(breach && { refused: { ...breach, folder: refused } }) }
}

const withMeta = (one: AnyExport, meta: MetaShape): AnyExport =>
  one.schemaWith ? { ...one, schema: one.schemaWith(meta) } : one

/** Gives the places of its rows. */
async function addTo(targets: readonly Target[], item: Item, part: number, writing: Writing) {
  const { task } = 'measured' in item ? item.measured.trajectory : item
  const context = sharing(writing, task)
  const places: RowPlace[] = []
  for (const target of targets) {
    const place = await target.add(item, part, context)
    if (place) places.push(place)
  }
  return places
}

/** The bytes of a row's images, read once for all targets. */
function sharing(writing: Writing, { id, images }: Task): TaskContext {
  const {
    bytes,
    tools = [],
    plainTools = tools,
    kinds = new Map(),
    imageSearch = async () => undefined,
    analysis,
    meta = null,
  } = writing
  const read = new Map<string, Promise<Uint8Array>>()
  return {
    tools,
    offered: images.length > 0 ? tools : plainTools,
    kinds,
    imageSearch,
    ...(analysis && { analysis }),
    meta,
    bytes(image) {
      const reading = read.get(image.sha256) ?? readFor(id, bytes(image))
      read.set(image.sha256, reading)
      return reading
    },
  }
}

/** The folder of the tables, and their configs in the card. */
const taken = ['tables', ...allTables.map(({ name }) => name)]

function checkNames(exports: readonly AnyExport[]): void {
  const names = exports.map(({ name }) => name)
  const wrong = names.find(
    (name, index) => !/^\w+$/.test(name) || names.indexOf(name) !== index || taken.includes(name),
  )
  if (wrong === undefined) return
  throw new InputError([
    `exports: "${wrong}" cannot name an export: names are letters, digits and _, each is used once, and none is that of a table (${taken.join(', ')})`,
  ])
}

function diskProblem(folder: string, error: unknown): InputError | undefined {
  const fault = machineFault(error)
  if (!fault || !(error instanceof Error)) return undefined
  const [target, path] = [resolve(folder), 'path' in error ? String(error.path) : folder]
  if (!target.startsWith(path) && !resolve(path).startsWith(target)) return undefined
  const line = `${folder}: the export cannot be written: ${fault.words}; ${fault.cure}, and export again (nothing that was there is lost)`
  return new InputError([line], { cause: error })
}
