import Type, { type Static } from 'typebox'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Task } from '../schemas/task.ts'
import type { Database } from '../store/database.ts'
import { Filter, type Measured, type Needs } from './filter.ts'

/**
 * A row to drop. `reason` is a stable snake_case code. `detail` is for a person and names the row that stays, if one
 * does.
 */
export interface Rejection {
  key: string
  reason: string
  detail: string
}

/** What a selector has to say beyond its rejections: `kindling stats` and the manifest show it. */
export interface Note {
  /** What it is about, such as the name of a benchmark. */
  about: string
  counts: Record<string, number>
  /** A few ids of tasks. */
  examples: string[]
}

/** What a selector works with. */
export interface Workspace {
  /** An empty database on disk, this selector's alone, in a transaction; it is gone when the selector has decided. */
  table: Database
  bytes(image: Image): Promise<Uint8Array>
  /** The run's tasks that screening kept for reinforcement learning; none where it screens nothing. */
  pool(): AsyncIterable<Task>
  /**
   * What `make` makes of the bytes whose sha256 is given. It is made once and stored beside the run. Change `method`
   * whenever `make` could give something else.
   */
  remember(method: string, sha256: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
  note(note: Note): void
  /**
   * Aborted when the run is to stop. A selector that works long between two rows or rejections looks at it, and lets
   * other work in.
   */
  signal: AbortSignal
}

/** What a selector works with that does what it can of one row alone. */
export type RowGround = Pick<Workspace, 'bytes' | 'remember' | 'signal'>

/**
 * Decides about rows by looking at all of them. It is given the rows that were kept so far, in key order, and yields
 * those to drop. The same rows give the same rejections. It may not hold all rows, or something for each, in memory.
 */
export interface Selector {
  name: string
  version: number
  options: JsonObject
  needs?: Needs
  /**
   * Look at the files that rows are compared with. Called before anything is spent; throws InputError for what is
   * wrong.
   */
  ready?(): Promise<void>
  /**
   * Make of a row what `select` will look for by `remember`, such as sketches of its pictures. Parts of a run and
   * workers do that, each of its own rows; what they have not made, `select` makes.
   */
  prepare?(row: Measured, ground: RowGround): Promise<void>
  select(rows: AsyncIterable<Measured>, workspace: Workspace): AsyncIterable<Rejection>
}

export const Selector = thing<Selector>('a selector', 'duplicates()', {
  name: 'string',
  version: 'number',
  options: 'object',
  select: 'function',
})

/** A selector that fills strata, and says so to those who make rows. */
export interface Quotas extends Selector {
  /** Rows that each stratum is to have. */
  counts: Readonly<Record<string, number>>
  /** What becomes of rows of other strata. */
  others: 'keep' | 'drop'
  stratumOf(row: Measured): string
  /** The stratum all rows of a task will be in; undefined where that is only known of a trajectory. */
  stratumOfTask(task: Task): string | undefined
}

export const Quotas = thing<Quotas>('quotas', "quotas({ by: 'category', counts: {…} })", {
  name: 'string',
  select: 'function',
  counts: 'object',
  stratumOf: 'function',
  stratumOfTask: 'function',
})

/** An entry of a config's `filters`. */
export const FilterOrSelector = Type.Union([Filter, Selector], { description: 'a filter such as passed()' })
export type FilterOrSelector = Static<typeof FilterOrSelector>

export const isSelector = (step: FilterOrSelector): step is Selector => 'select' in step
