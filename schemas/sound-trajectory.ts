import { conformed } from './conform.ts'
import { hashOf } from './hash.ts'
import { isObject } from './json.ts'
import { Trajectory } from './trajectory.ts'
import { lazyValidator } from './validate.ts'

const validate = lazyValidator(Trajectory)
const validateKey = lazyValidator(Trajectory.properties.key)

/**
 * A trajectory that every reader of one can read. Not everything in a store was checked when it was put there, and a
 * record that its schema refuses is what the rejected rows are for: it is given with as much as fits.
 */
export function soundTrajectory(stored: Trajectory): Trajectory {
  if (validate(stored).ok) return stored
  const fields: Record<string, unknown> = isObject(stored) ? stored : {}
  const key = validateKey(fields.key).ok ? fields.key : hashOf(stored ?? null)
  return conformed(Trajectory, { ...fields, key }) ?? stored
}
