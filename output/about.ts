import type { JsonObject } from '../schemas/json.ts'
import type { Drop } from './summary.ts'

/** What a card and a manifest say about a run that its rows do not say themselves. No clock, no machine. */
export interface RunAbout {
  /** Name of the run, and title of the card. */
  name: string
  /** Names and options of all that ran. */
  config: JsonObject
  /** Version of kindling. */
  version: string
  /** What was refused before it became a trajectory. */
  refused?: Drop[]
  /** What selectors had to say, such as how many rows were compared with a benchmark. */
  notes?: JsonObject[]
}
