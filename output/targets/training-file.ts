import { stringify } from 'yaml'
import type { JsonObject } from '../../schemas/json.ts'
import type { Family, Pixels } from '../length/families.ts'
import { cutoffOf, type Totals } from '../length/totals.ts'

/** What a training file says of the student, and of the rows that it is to read whole. */
export interface Training {
  /** A model of the family that the rows were counted for. */
  model: string
  /** Tokens that no row exceeds. */
  cutoff: number
  pixels: Pixels
}

const models: Record<Family, string> = {
  qwen2_5_vl: 'Qwen/Qwen2.5-VL-7B-Instruct',
  qwen3_vl: 'Qwen/Qwen3-VL-8B-Instruct',
}

/** Settings that a trainer reads as they are; `command` is called in the folder of the file. */
export function trainingFile(
  command: string,
  totals: Totals,
  settings: (training: Training) => JsonObject,
): string {
  const { rows, longest, counter, family, pixels } = totals
  const training = { model: models[family], cutoff: cutoffOf(totals), pixels }
  return `# In this folder: ${command}
# The longest of ${rows} rows has ${longest} tokens (${counter}), and none may be cut.
${stringify(settings(training), { lineWidth: 0 })}`
}
