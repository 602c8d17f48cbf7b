import { conformed } from '../schemas/conform.ts'
import { hashOf } from '../schemas/hash.ts'
import { isObject } from '../schemas/json.ts'
import { Trajectory } from '../schemas/trajectory.ts'
import { validator } from '../schemas/validate.ts'
import type { ExportRow } from './export.ts'

const validate = validator(Trajectory)
const isKey = validator(Trajectory.properties.key)

/**
 * A row that every target can read. Not everything in a store was checked when it was put there, and a record that its
 * schema refuses is what the rejected rows are for: it is given with as much as fits.
 */
export function soundRow(item: ExportRow): ExportRow {
  const { trajectory } = item.measured
  if (validate(trajectory).ok) return item
  const fields: Record<string, unknown> = isObject(trajectory) ? trajectory : {}
  const key = isKey(fields.key).ok ? fields.key : hashOf(trajectory ?? null)
  const known = conformed(Trajectory, { ...fields, key })
  return known ? { ...item, measured: { ...item.measured, trajectory: known } } : item
}
