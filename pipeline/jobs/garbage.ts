import { existsSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exportRemains, olderExports, removeExport } from '../../output/numbered/numbered-export.ts'
import { unnamedBlobs } from '../../store/garbage.ts'
import type { Store } from '../../store/store.ts'
import { exportLink } from './export.ts'

/** What of a run could go: nothing that it does later needs it. */
export interface Garbage {
  kind: 'remains' | 'exports' | 'blobs'
  /** Files and folders. */
  paths: string[]
  /** Bytes that are free when they are gone: files that others share stay. */
  bytes: number
}

/**
 * What could go of the run in a folder: remains of what was stopped, the numbered exports before the last `keep` if
 * that is given, and blobs that nothing in the store names. Nobody may work on the run meanwhile.
 */
export async function garbageOf(folder: string, store: Store, keep?: number): Promise<Garbage[]> {
  const link = exportLink(folder)
  const older = keep === undefined ? [] : await olderExports(link, keep)
  const found = {
    remains: [...(await exportRemains(link)), ...remainsIn(folder)],
    exports: older.map(({ path }) => path),
    blobs: await unnamedBlobs(folder, store),
  }
  const kinds = ['remains', 'exports', 'blobs'] as const
  return Promise.all(
    kinds.map(async kind => ({ kind, paths: found[kind], bytes: await bytesOnlyIn(found[kind]) })),
  )
}

export async function removeGarbage(garbage: readonly Garbage[]): Promise<void> {
  for (const { kind, paths } of garbage)
    for (const path of paths)
      await (kind === 'exports' ? removeExport(path) : rm(path, { recursive: true, force: true }))
}

/** What jobs write beside the export and rename or remove at their end. */
const passing = [
  'replay',
  'deciding.sqlite',
  'selecting.sqlite',
  'tries.sqlite',
  'decisions.jsonl.draft',
  'screened.jsonl.draft',
]

const remainsIn = (folder: string): string[] => passing.map(name => join(folder, name)).filter(existsSync)

/** Bytes of files all of whose links lie in these. */
async function bytesOnlyIn(paths: readonly string[]): Promise<number> {
  const files = new Map<number, { bytes: number; links: number }>()
  for (const path of paths) {
    for (const file of await filesBelow(path)) {
      const { ino, size, nlink } = await lstat(file)
      const known = files.get(ino) ?? { bytes: size, links: nlink }
      files.set(ino, { ...known, links: known.links - 1 })
    }
  }
  return [...files.values()].reduce((sum, { bytes, links }) => sum + (links === 0 ? bytes : 0), 0)
}

async function filesBelow(path: string): Promise<string[]> {
  if (!(await lstat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name))
}
