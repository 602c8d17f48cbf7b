import { stringify } from 'yaml'
import type { JsonObject } from '../../schemas/json.ts'

/** Settings that a trainer reads as they are, under a line that says how it is called in the folder of the file. */
export const trainingFile = (command: string, settings: JsonObject): string =>
  `# In this folder: ${command}\n${stringify(settings, { lineWidth: 0 })}`
