import type { PlainRow } from '../rollouts/row.ts'

/** A row of a target. */
export interface TargetRow {
  /** Its task, or its place where it names none. */
  id: string
  fields: PlainRow
  /** The pictures of its column `images`, or of its parts where they lie there. */
  pictures: readonly Uint8Array[]
  /** The row of the same trajectory in `hf/`, if the target says it in the same words. */
  view?: PlainRow
}

/** The rows of a target that are looked at. */
export interface Sample {
  target: string
  folder: string
  rows: readonly TargetRow[]
  /** How many rows it has in all. */
  of: number
}
