import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyExport, isTaskExport } from '../../output/export.ts'
import { fileSha256 } from '../../schemas/file-hash.ts'
import { hashOf, sha256 } from '../../schemas/hash.ts'
import { isShipped } from '../../schemas/options.ts'
import type { Run } from '../run.ts'
import { screenedTasks } from '../screen/screened-list.ts'

/** What the last export was written from, as one hash, and what came of it. It stands beside the export's folder. */
interface Exported<Counts> {
  from: string
  /** sha256 of its manifest. */
  manifest: string
  counts: Counts
}

interface Manifest {
  files: { path: string; bytes: number; sha256: string }[]
}

const exportedPath = (folder: string) => join(folder, 'exported')

/**
 * What decides every byte of an export, as one hash: the decided rows (`rows` is theirs), the tasks and `about`. Null
 * where more than these decides: code of the user's own, files of text rows, or searches that the store holds.
 */
export async function exportedFrom(run: Run, rows: string, about: string): Promise<string | null> {
  const { exports, tools, folder } = run.config
  const searches = tools.some(({ kind }) => kind === 'image_search')
  if (!exports.every(one => isPlain(one, searches))) return null
  const tasks = createHash('sha256')
  for await (const task of screenedTasks(folder, run.store)) tasks.update(JSON.stringify(task))
  const shapes = exports.map(({ name, about, shards, schema, lines }) => ({
    name,
    about,
    shards,
    schema: String(schema ?? lines),
  }))
  return hashOf({ rows, tasks: tasks.digest('hex'), about, shapes, node: process.version })
}

const isPlain = (one: AnyExport, searches: boolean): boolean =>
  [one.row, one.beside].every(each => !each || isShipped(each)) &&
  (isTaskExport(one) ? !searches : one.mix === undefined)

/** What came of the export in the run's folder, if it was written from the same and nobody has touched it since. */
export async function exportOf<Counts>(folder: string, from: string): Promise<Counts | null> {
  const path = exportedPath(folder)
  const last = await readFile(path, 'utf8').then(exportedIn<Counts>, () => null)
  return last?.from === from && (await isUntouched(join(folder, 'export'), path, last)) ? last.counts : null
}

export const noteExport = (folder: string, exported: Exported<unknown>): Promise<void> =>
  writeFile(exportedPath(folder), `${hashOf(exported)} ${JSON.stringify(exported)}`)

/** Null where it is not what was noted. */
function exportedIn<Counts>(noted: string): Exported<Counts> | null {
  try {
    const exported = JSON.parse(noted.slice(noted.indexOf(' '))) as Exported<Counts>
    return noted.startsWith(`${hashOf(exported)} `) ? exported : null
  } catch {
    return null
  }
}

/**
 * Every file is what the manifest says. One that nobody has touched since it was noted is not read for that: the time
 * of the last change of its state says so, which nobody can set.
 */
async function isUntouched(
  folder: string,
  noted: string,
  last: Pick<Exported<unknown>, 'manifest'>,
): Promise<boolean> {
  try {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8')
    if (sha256(text) !== last.manifest) return false
    const { mtimeMs: since } = await stat(noted)
    for (const { path, bytes, sha256 } of (JSON.parse(text) as Manifest).files) {
      const { size, ctimeMs } = await stat(join(folder, path))
      if (size !== bytes) return false
      if (ctimeMs > since && (await fileSha256(join(folder, path))) !== sha256) return false
    }
    return true
  } catch {
    return false
  }
}
