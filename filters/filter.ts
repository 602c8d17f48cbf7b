import type { LabelBook } from '../labels/label.ts'
import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Fact, Trajectory } from '../schemas/trajectory.ts'

/** A trajectory with what was measured about it. */
export interface Measured {
  trajectory: Trajectory
  facts: readonly Fact[]
}

/** What a filter has to say about a row that it drops. */
export interface Objection {
  /** A stable snake_case code. */
  reason: string
  /** For a person. */
  detail: string
  /** The check that did not pass, where the filter goes by one: `reason` is that check's then. */
  by?: string
  /** Another run may decide otherwise, as where a check could not be measured. */
  undecided?: boolean
}

export type Verdict = { keep: true } | ({ keep: false } & Objection)
export type Judge = (measured: Measured) => Verdict

/** A check as filters know it. */
export interface KnownCheck {
  name: string
  version: number
  options: JsonObject
}

/** Names of what a filter or selector goes by. A config that lacks one of them is refused. */
export interface Needs {
  /** By their names, or the checks themselves. */
  checks?: readonly (string | KnownCheck)[]
  tools?: readonly string[]
}

/** Decides what stays. `begin` gives a fresh judge for each pass, so what it remembers lasts one pass. */
export interface Filter {
  name: string
  version: number
  options: JsonObject
  needs?: Needs
  /** The same filter for a config with these checks, where it goes by whichever there are. */
  over?(checks: readonly KnownCheck[]): Filter
  /** What people said of rows, where it goes by that: tables tell it, too. */
  labels?: LabelBook
  begin(): Judge
}

export const keep = { keep: true } as const satisfies Verdict
export const drop = (reason: string, detail = ''): Verdict => ({ keep: false, reason, detail })

/**
 * Drop for what a check measured, or why it could not tell. Where a person overrules that, the filter judges once more
 * as if the check had passed.
 */
export const dropFor = ({ check, reason, detail }: Fact): Verdict => ({
  keep: false,
  by: check,
  reason,
  detail,
})

/** Leave a row out that cannot be judged yet. */
export const undecided = (reason: string, detail = ''): Verdict => ({
  keep: false,
  reason,
  detail,
  undecided: true,
})

export const Filter = thing<Filter>('a filter', 'passed()', {
  name: 'string',
  version: 'number',
  options: 'object',
  begin: 'function',
})
