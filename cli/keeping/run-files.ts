import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { heldManifestIn } from '../../output/lineage/held-manifest.ts'
import { signatureName } from '../../output/run-about.ts'
import { decisionsPath, inputsPath, notesPath, sumPath } from '../../pipeline/decide/decisions.ts'
import { exportLink } from '../../pipeline/jobs/export.ts'
import { screenedPath } from '../../pipeline/screen/screened-list.ts'
import { pricesPath } from '../../pipeline/spend/kept-prices.ts'
import { takenPath } from '../../pipeline/taking/take-rollouts.ts'
import { fileDigest } from '../../schemas/file-hash.ts'
import type { FileOfRun } from '../../store/store.ts'

/** What jobs and reading commands need of a run's folder beside its store, and the export that is shown. */
export async function filesOfRun(folder: string): Promise<FileOfRun[]> {
  const decisions = decisionsPath(folder)
  const beside = [
    ...[decisions, sumPath(decisions), notesPath(folder), inputsPath(folder)],
    ...[screenedPath(folder), takenPath(folder), pricesPath(folder)],
  ]
  const shown = await readlink(exportLink(folder)).catch(() => undefined)
  const exported = shown === undefined ? [] : await filesOfExport(folder, shown)
  const below = (path: string) => path.slice(folder.length + 1)
  return [...(await Promise.all(beside.map(path => fileAt(folder, below(path))))).flat(), ...exported]
}

/** Bytes and hashes are those of the manifest: nothing is read again. The link comes last. */
async function filesOfExport(folder: string, shown: string): Promise<FileOfRun[]> {
  const read = await heldManifestIn(join(folder, shown))
  if (!read) return []
  const named = read.manifest.files.map(({ path, bytes, sha256 }) => ({
    path: join(shown, path),
    bytes,
    sha256,
  }))
  const own = ['manifest.json', signatureName].map(name => fileAt(folder, join(shown, name)))
  return [...named, ...(await Promise.all(own)).flat(), { path: 'export', link: shown }]
}

async function fileAt(folder: string, path: string): Promise<FileOfRun[]> {
  const found = await lstat(join(folder, path)).catch(() => undefined)
  return found?.isFile() ? [{ path, ...(await fileDigest(join(folder, path))) }] : []
}
