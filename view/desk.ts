import { createHash } from 'node:crypto'
import { glob, lstat, realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { heldManifestIn } from '../output/lineage/held-manifest.ts'
import { InputError } from '../schemas/input-error.ts'

/** A file that the page may read, by its path below the folder, with `/`. */
export interface DeskFile {
  path: string
  bytes: number
}

/** What the page may read of a folder: its Parquet files, and nothing else. */
export interface Desk {
  /** For people. */
  name: string
  folder: string
  /** sha256 of the export's manifest; null where there is none. */
  manifest: string | null
  files: readonly DeskFile[]
}

const needed = 'tables/rows.parquet'

/**
 * The desk of an export's folder, or of any folder that has the tables of one. Only what the manifest names is on it,
 * where there is one. Throws InputError where there are no tables, and DamagedError for a manifest that is none.
 */
export async function openDesk(given: string): Promise<Desk> {
  const folder = await realpath(given).catch(() => {
    throw new InputError([`${given} is not there; give a run, an export, or a folder with tables/`])
  })
  const held = await heldManifestIn(folder)
  const paths = held ? held.manifest.files.map(({ path }) => path) : await pathsIn(folder)
  const found = await Promise.all(paths.filter(path => path.endsWith('.parquet')).map(deskFile(folder)))
  const files = found.filter(file => file !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
  if (!files.some(({ path }) => path === needed))
    throw new InputError([
      `${given} has no ${needed}; \`kindling export <config>\` writes an export that has one`,
    ])
  return {
    name: held?.manifest.name ?? basename(folder),
    folder,
    manifest: held && createHash('sha256').update(held.bytes).digest('hex'),
    files,
  }
}

const pathsIn = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(glob('**/*.parquet', { cwd: folder }))).map(path => path.split(sep).join('/'))

/** Undefined for what is not there, is no regular file, or lies elsewhere: a manifest may say anything. */
const deskFile =
  (folder: string) =>
  async (path: string): Promise<DeskFile | undefined> => {
    const whole = join(folder, path)
    const found = await lstat(whole).catch(() => undefined)
    if (!found?.isFile() || (await realpath(whole)) !== whole || !whole.startsWith(folder + sep))
      return undefined
    return { path, bytes: found.size }
  }
