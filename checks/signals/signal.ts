import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import type { CheckContext } from '../check.ts'
import type { TurnRead } from '../reading/turns-read.ts'

/** Where a signal was seen first. */
export interface Sighting {
  /** From 1. */
  turn: number
  /** What was said there, or what the record shows. */
  words: string
}

/** A trajectory, and its turns as rules read them. */
export interface RowRead {
  trajectory: Trajectory
  steps: readonly TurnRead[]
}

/**
 * Something that is guessed from a model's words and may be innocent. `name` is a stable snake_case code. A signal that
 * finds what it did not find before, or no longer does, raises the version of the check `signals`.
 */
export interface Signal<Name extends string = string> {
  name: Name
  /** Null where there is none. */
  find(row: RowRead, context: CheckContext): Sighting | null | Promise<Sighting | null>
}

/** A signal that was seen, as the data of the check `signals` lists it. */
export interface Seen extends Sighting {
  name: string
}

/** The signals that the check `signals` saw in a row; null where it was not measured. */
export function signalsIn(facts: readonly Pick<Fact, 'check' | 'data'>[]): Seen[] | null {
  const fact = facts.find(({ check }) => check === 'signals')
  return fact ? signalsOf(fact) : null
}

/** The signals that one measurement of the check lists. */
export const signalsOf = ({ data }: Pick<Fact, 'data'>): Seen[] =>
  (data as { signals: Seen[] } | undefined)?.signals ?? []
