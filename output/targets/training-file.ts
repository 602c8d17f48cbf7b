import { stringify } from 'yaml'
import type { JsonObject } from '../../schemas/json.ts'
import { visionFamilies } from '../length/families.ts'
import { type Family, type Pixels, unbounded } from '../length/family.ts'
import { cutoffOf, type Totals } from '../length/totals.ts'

/** What a training file says of the student, and of the rows that it is to read whole. */
export interface Training {
  family: Family
  /** A model of the family that the rows were counted for. */
  model: string
  /** Tokens that no row exceeds. */
  cutoff: number
  pixels: Pixels
  /** Whether the family's own processor scales pictures to pixels within bounds. */
  scales: boolean
}

/** Settings that a trainer reads as they are; `command` is called in the folder of the file. */
export function trainingFile(
  command: string,
  totals: Totals,
  settings: (training: Training) => JsonObject,
): string {
  const { rows, longest, counter, family, pixels } = totals
  const { model, pixels: own } = visionFamilies[family]
  const training = { family, model, cutoff: cutoffOf(totals), pixels, scales: own !== unbounded }
  return `# In this folder: ${command}
# The longest of ${rows} rows has ${longest} tokens (${counter}), and none may be cut.
${stringify(settings(training), { lineWidth: 0 })}`
}
