import type { Note } from '../filters/selector.ts'
import type { JsonObject } from '../schemas/json.ts'

/** Drops of one name, as people read it, and how many rows they are. */
export type ShownCount = { stage: string; reason: string; rows: number }

/** A screen, a filter or a selector. */
export type ChosenBy = { name: string; version: number; options: JsonObject }

/** What a card and a manifest say about a run that its rows do not say themselves. No clock, no machine. */
export interface RunAbout {
  /** Name of the run, and title of the card. */
  name: string
  /** Names and options of all that ran. */
  config: JsonObject & { screens?: ChosenBy[]; filters?: ChosenBy[] }
  /** Version of kindling. */
  version: string
  /** What was refused before it became a trajectory. */
  refused?: ShownCount[]
  /** What intake and selectors had to say, such as how many pictures were drawn anew. */
  notes?: readonly ({ by: string } & Note)[]
}
