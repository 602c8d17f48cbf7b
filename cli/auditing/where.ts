import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Files } from '../../tasks/files.ts'

/**
 * The files that are meant: those of the views of an export of kindling, or of a run's export, kept rows and dropped
 * ones; of anything else what is named.
 */
export function filesOf(given: string): Files {
  const folder = [join(given, 'export'), given].find(each => existsSync(join(each, 'manifest.json')))
  if (folder === undefined) return given
  const views = ['hf', 'rejected'].map(name => join(folder, name)).filter(existsSync)
  return views.length > 0 ? views : given
}
