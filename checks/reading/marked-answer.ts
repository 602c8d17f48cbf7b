import type { Trajectory } from '../../schemas/trajectory.ts'
import { couldNotTell, type Measurement } from '../check.ts'

/**
 * What a check found of an answer, where the row says which of its words the answer is. A row of others may end in a
 * sentence that no tag marks: what is not found of all of it may be true of the answer in it.
 */
export function ofMarkedAnswer({ origin }: Pick<Trajectory, 'origin'>, found: Measurement): Measurement {
  if (found.passed || found.couldNotTell || !origin?.lacks.includes('answer_tags')) return found
  return couldNotTell('unmarked_answer', found.detail)
}
