import type { Schema } from 'apache-arrow'
import Type from 'typebox'
import type { Measured } from '../filters/filter.ts'
import type { Session } from '../sandbox/sandbox.ts'
import type { Drop, DropReason } from '../schemas/drop.ts'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { MetaShape } from '../schemas/meta-shape.ts'
import { thing } from '../schemas/options.ts'
import type { Screening } from '../schemas/screening.ts'
import type { Task } from '../schemas/task.ts'
import type { ToolKinds, ToolSpec } from '../schemas/trajectory.ts'
import type { TextRow, TextRows } from '../tasks/source.ts'
import type { ParquetRow } from './columns.ts'
import type { Rendered } from './length/counter.ts'
import type { Totals } from './length/totals.ts'

/** What became of a trajectory, and the drops that were passed over because a person said so. */
export type Decision = ({ keep: true } | ({ keep: false } & Drop)) & {
  rescued?: readonly DropReason[]
}

export interface ExportRow {
  measured: Measured
  verdict: Decision
  /** The part of the run's tasks that its task belongs to, 0 by default: each part has shards of its own. */
  part?: number
}

/** A task that was to be screened, and what became of it: null where it could not be screened yet. */
export interface ScreenedTask {
  id: string
  screening: Screening | null
  /** As that of a row. */
  part?: number
}

export interface ExportContext {
  bytes(image: Image): Promise<Uint8Array>
  /** What the run's tools are for. */
  kinds: ToolKinds
  /** The fields of `meta` over all rows; without them it is JSON text. */
  meta?: MetaShape
  /** A Python that reads code and runs none, if there is one. */
  analysis?(): Promise<Session>
  /** What an image search for the task's first image found, as far as the run knows. */
  imageSearch?(task: Task): Promise<CachedSearch | undefined>
}

/** What an image search for a task's first image, as a whole, found. */
export interface CachedSearch {
  titles: string[]
  images: (Image | null)[]
}

export interface TaskContext extends ExportContext {
  /** The run's tools. */
  tools: readonly ToolSpec[]
  /** Those of them that the task is offered: without images there is none that works on them. */
  offered: readonly ToolSpec[]
  imageSearch(task: Task): Promise<CachedSearch | undefined>
}

/** A row of a target, or why this target cannot say what the trajectory or the task says. */
export type Projected =
  | { keep: true; row: ParquetRow; held?: Held }
  | { keep: false; reason: string; detail: string }

/** What a row holds that its columns `images` and `altered` do not tell. */
export interface Held {
  images?: number
  altered?: boolean
  /** What became of it on its way into the target, such as `cut`; counted by these names. */
  changed?: readonly string[]
  /** What a trainer makes tokens of: each row of a target for training says it. */
  length?: Rendered
}

/** A shape that somebody reads: which rows, and which columns. Stateless. */
interface Shape {
  /** Also its folder and its config in the dataset card: letters, digits and `_`. */
  name: string
  /** Plain data for the manifest. */
  options: JsonObject
  /** Folder of its shards below its own. Loaders that read a whole folder find nothing else there. */
  shards: string
  /** One or two sentences for the dataset card: whom it is for and what its columns hold. */
  about: string
  /** Who trains on it, and how it is loaded there; without it, the card says that no trainer does. */
  trainer?: { name: string; load: string }
  /** Its rows hold all of a trajectory, with its pictures: people and tables look rows up there. */
  view?: true
  /** Tokens that a row may have; a longer one is declined as `too_long`. Needs rows that say their `length`. */
  maxTokens?: number | undefined
  /**
   * Files beside the shards, by their path below the export's folder. A training file's cutoff is `totals.longest` or
   * more.
   */
  files?(totals: Totals): Record<string, string>
}

/** How the rows lie in shards: as Parquet in these columns, or, for whoever reads none, as JSON Lines. */
type Form =
  | {
      schema: Schema
      /** The schema where the fields of `meta` are these. */
      schemaWith?(meta: MetaShape): Schema
      lines?: never
    }
  | {
      /** The fields of a line. What they hold may differ from line to line, so it is no config of the dataset card. */
      lines: readonly string[]
      schema?: never
      schemaWith?: never
    }

interface Trajectories extends Shape {
  select: 'kept' | 'rejected'
  row(item: ExportRow, context: ExportContext): Promise<Projected>
  /** Text rows that come after the trajectories. */
  mix?: Mix
  /** Writes what grows with the rows and stands beside the shards, below the export's folder. */
  beside?(folder: string): Promise<FilesBeside<ExportRow>>
}

/** A shape of trajectories. */
export type Export = Trajectories & Form

/** Rows without images and tools, and how one becomes a row of the target. */
export interface Mix {
  rows: TextRows
  row(text: TextRow): Projected
}

interface Tasks extends Shape {
  select: 'rl' | 'dropped'
  row(screening: Screening, context: TaskContext): Promise<Projected>
  /** As that of trajectories. */
  beside?(folder: string): Promise<FilesBeside<Screening>>
}

/** A shape of tasks: of those in the pool of prompts for reinforcement learning, or of those that screening dropped. */
export type TaskExport = Tasks & Form

/** Disposed before `finish()`, it may leave files behind: the whole export is a draft until its end. */
export interface FilesBeside<Item> extends AsyncDisposable {
  /** For each item that became a row. */
  add(item: Item, context: TaskContext): Promise<void>
  /** Gives the paths of all files, below the export's folder. */
  finish(): Promise<string[]>
}

export type AnyExport = Export | TaskExport

const marks = {
  name: 'string',
  options: 'object',
  select: 'string',
  shards: 'string',
  about: 'string',
  row: 'function',
} as const
const shape = <Made extends AnyExport>(like: string) =>
  Type.Refine(
    thing<Made>('an export', like, marks),
    ({ schema, lines }) => Object(schema ?? lines) === (schema ?? lines),
  )
export const Export = shape<Export>('hf()')
export const TaskExport = shape<TaskExport>('screenedOut()')
export const AnyExport = shape<AnyExport>('hf()')

/** The names of its columns, or of the fields of its lines. */
export const columnsOf = ({ schema, lines }: AnyExport): readonly string[] =>
  lines ?? schema.fields.map(({ name }) => name)

export const isTaskExport = (one: AnyExport): one is TaskExport =>
  one.select === 'rl' || one.select === 'dropped'

export const project = (row: ParquetRow, held?: Held): Projected => ({
  keep: true,
  row,
  ...(held && { held }),
})
export const decline = (reason: string, detail = ''): Projected => ({ keep: false, reason, detail })

/** The split its shards belong to: rejected rows never look like training data. */
export const splitOf = ({ select }: Pick<AnyExport, 'select'>): string =>
  select === 'kept' || select === 'rl' ? 'train' : 'rejected'
