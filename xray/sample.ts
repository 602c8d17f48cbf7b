import type { PlainRow } from '../rollouts/row.ts'
import type { JsonObject } from '../schemas/json.ts'

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
  /** What the training files beside its shards say; sections of them are opened. */
  settings: JsonObject
  rows: readonly TargetRow[]
  /** How many rows it has in all. */
  of: number
}
