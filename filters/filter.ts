import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Fact, Trajectory } from '../schemas/trajectory.ts'

/** A trajectory with what was measured about it. */
export interface Measured {
  trajectory: Trajectory
  facts: readonly Fact[]
}

/** `reason` is a stable snake_case code, `detail` is for a person. */
export type Verdict = { keep: true } | { keep: false; reason: string; detail: string }
export type Judge = (measured: Measured) => Verdict

/** Decides what stays. `begin` gives a fresh judge for each pass, so what it remembers lasts one pass. */
export interface Filter {
  name: string
  version: number
  options: JsonObject
  begin(): Judge
}

export const keep: Verdict = { keep: true }
export const drop = (reason: string, detail = ''): Verdict => ({ keep: false, reason, detail })

export const Filter = thing<Filter>('a filter', 'passed()', {
  name: 'string',
  version: 'number',
  options: 'object',
  begin: 'function',
})
