import { glob, lstat, realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { heldManifestIn } from '../output/lineage/held-manifest.ts'
import { sha256 } from '../schemas/hash.ts'
import { InputError } from '../schemas/input-error.ts'

/** A file that the page may read, by its path below the folder, with `/`. */
export interface DeskFile {
  path: string
  bytes: number
}

/** What the page may read of a folder: its tables and the shards that they point into, and nothing else. */
export interface Desk {
  /** For people. */
  name: string
  folder: string
  /** sha256 of the export's manifest; null where there is none. */
  manifest: string | null
  files: readonly DeskFile[]
}

/** What the page is told of it, as JSON: everything but where it lies. A server may take labels, a mere folder not. */
export const deskList = ({ name, manifest, files }: Desk, takesLabels = false): string =>
  JSON.stringify({ name, manifest, files, takesLabels })

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
  const there = found.filter(file => file !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
  if (!there.some(({ path }) => path === needed))
    throw new InputError([
      `${given} has no ${needed}; \`kindling export <config>\` writes an export that has one`,
    ])
  const read = new Set(['tables', ...(await viewsIn(join(folder, needed)))])
  const files = there.filter(({ path }) => read.has(path.slice(0, path.indexOf('/'))))
  return {
    name: held?.manifest.name ?? basename(folder),
    folder,
    manifest: held && sha256(held.bytes),
    files,
  }
}

/** The targets in which the whole rows lie. */
async function viewsIn(path: string): Promise<unknown[]> {
  try {
    const lines = await parquetReadObjects({ file: await asyncBufferFromFile(path), columns: ['view'] })
    return [...new Set(lines.map(({ view }) => view))]
  } catch {
    throw new InputError([
      `${path} is cut off or no table of kindling; take the export anew from where it was made`,
    ])
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
