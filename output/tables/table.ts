import type { Field } from 'apache-arrow'
import type { RowLabel } from '../../labels/label.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { ParquetRow } from '../columns.ts'
import type { ExportRow } from '../export.ts'

/** Where the whole row of a rollout lies: in which file of a view, in the order of their names, and where; from 0. */
export interface ViewPlace {
  view: string
  shard: number
  row: number
}

/** How many rollouts there are of a task, and how many of them solved it; null where no check says that. */
export interface Tries {
  tries: number
  solved: number | null
}

/** What a run knows of its rollouts beside what they are. */
export interface RolloutNotes {
  /** What each reply of a rollout cost, in USD; null where its model has no price, and none where nobody knows. */
  costs(trajectory: Trajectory): readonly (number | null)[]
  /** Null where that was not put down. */
  tries(task: string): Tries | null
  /** What people said of the rollout with this key, where the run goes by that; null where nothing. */
  label(key: string): RowLabel | null
}

/** A decided rollout with all that tables tell of it. */
export interface Entry extends ExportRow {
  place: ViewPlace | null
  costs: readonly (number | null)[]
  tries: Tries | null
  label: RowLabel | null
}

/** A tidy table over all decided rollouts, kept and dropped: a line for each thing of its kind. */
export interface TidyTable {
  /** Its file, and its config in the dataset card. */
  name: string
  /** One sentence for the card. */
  about: string
  fields: readonly Field[]
  lines(entry: Entry): ParquetRow[]
}

/** The file of a table below the export's folder. */
export const tablePath = ({ name }: Pick<TidyTable, 'name'>): string => `tables/${name}.parquet`

/** A table that was written. */
export interface WrittenTable {
  table: TidyTable
  rows: number
  /** As `datasets` holds it. */
  arrowBytes: number
}

/** The same with its file, below the export's folder. */
export interface TableFile extends WrittenTable {
  file: { path: string; bytes: number; sha256: string }
}
