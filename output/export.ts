import type { Schema } from 'apache-arrow'
import type { Measured } from '../filters/filter.ts'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Row } from './columns.ts'

/** Why something is dropped: who did it, and its reason in snake_case. */
export interface DropReason {
  stage: string
  reason: string
}

/** What became of a trajectory, and the drops that were passed over because a person said so. */
export type Decision = ({ keep: true } | ({ keep: false; detail: string } & DropReason)) & {
  rescued?: readonly DropReason[]
}

export interface ExportRow {
  measured: Measured
  verdict: Decision
}

export interface ExportContext {
  bytes(image: Image): Promise<Uint8Array>
}

/** A row of a target, or why this target cannot say what the trajectory says. */
export type Projected = { keep: true; row: Row } | { keep: false; reason: string; detail: string }

/** A shape that somebody reads: which trajectories, which columns, and how one becomes a row. Stateless. */
export interface Export {
  /** Also its folder and its config in the dataset card: letters, digits and `_`. */
  name: string
  /** Plain data for the manifest. */
  options: JsonObject
  select: 'kept' | 'rejected'
  /** Folder of its shards below its own. Loaders that read a whole folder find nothing else there. */
  shards: string
  schema: Schema
  /** One or two sentences for the dataset card: whom it is for and what its columns hold. */
  about: string
  row(item: ExportRow, context: ExportContext): Promise<Projected>
  /** Files beside the shards, by their path below the export's folder. */
  files?(): Record<string, string>
}

export const project = (row: Row): Projected => ({ keep: true, row })
export const decline = (reason: string, detail = ''): Projected => ({ keep: false, reason, detail })

/** The split its shards belong to: rejected rows never look like training data. */
export const splitOf = ({ select }: Export): string => (select === 'kept' ? 'train' : 'rejected')
