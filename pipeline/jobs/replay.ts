import { readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { withoutBefore } from '../../output/numbered/alike.ts'
import { signatureName } from '../../output/run-about.ts'
import { fileSha256 } from '../../schemas/file-hash.ts'
import { sha256 } from '../../schemas/hash.ts'
import { defaultStore } from '../../store/default.ts'
import type { Store } from '../../store/store.ts'
import { copyPins } from '../../tasks/remote/pins.ts'
import { knowAlike } from '../../tasks/task-list.ts'
import { ConfigError } from '../errors.ts'
import { storedOnly } from '../offline/stored-replies.ts'
import { withModels } from '../rollout/models-asked.ts'
import type { Run } from '../run.ts'
import { solveAndDecide } from './solve-and-decide.ts'

/** Whether a run, done once more from its store, gave the same files. */
export interface Replay {
  rollouts: number
  /** Files of the export, as they are in its folder, that are the same byte for byte. */
  same: string[]
  different: string[]
  /** Only in the export. */
  missing: string[]
  /** Only in the replay. */
  extra: string[]
}

/**
 * Do a run again in a store of its own, which is empty: tasks are read, Python is run, everything is checked, decided
 * and exported anew; only what teachers and services said comes from the run's store. No teacher is asked: throws
 * NotStored, which names task and turn, where a reply is missing.
 */
export async function replayRun(run: Run): Promise<Replay> {
  const before = await filesIn(join(run.config.folder, 'export'))
  if (before.size === 0)
    throw new ConfigError(
      `${join(run.config.folder, 'export')}: there is no export to compare with; run it first`,
    )
  await using folder = await emptyFolder(join(run.config.folder, 'replay'))
  await using store = await defaultStore.open(folder.path)
  await solveAndDecide(await afresh(run, folder.path, store))
  const after = await filesIn(join(folder.path, 'export'))
  return { rollouts: await store.count('trajectories'), ...compare(before, after) }
}

/** The same run in another folder and an empty store, with what was asked and overruled in it, and who answered. */
async function afresh(run: Run, folder: string, store: Store): Promise<Run> {
  for (const table of ['refreshes', 'rescues', 'answerers'] as const)
    for await (const { key, value } of run.store.scan(table)) await store.put(table, key, value)
  await copyPins(run.store, store)
  await knowAlike(run.store, store)
  const fresh = { ...run, config: { ...run.config, folder }, store: withSearches(run.store, store) }
  return withModels(storedOnly(fresh, run.store))
}

/** A store that has what services said in the run of `source`; all else is its own. */
const withSearches = (source: Store, store: Store): Store => ({
  ...store,
  get: (table, key) => (table === 'searches' ? source : store).get(table, key),
})

function compare(before: Map<string, string>, after: Map<string, string>): Omit<Replay, 'rollouts'> {
  const both = [...before.keys()].filter(name => after.has(name))
  return {
    same: both.filter(name => before.get(name) === after.get(name)),
    different: both.filter(name => before.get(name) !== after.get(name)),
    missing: [...before.keys()].filter(name => !after.has(name)),
    extra: [...after.keys()].filter(name => !before.has(name)),
  }
}

/**
 * sha256 of every file of a folder, by its path in it; none where there is no folder. What an export came after, and
 * who signed it, is no part of what was written.
 */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(error => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const hashes = new Map<string, string>()
  for (const path of paths.sort()) {
    const name = relative(folder, path)
    const isManifest = name === 'manifest.json'
    if (name === signatureName) continue
    hashes.set(
      name,
      isManifest ? sha256(withoutBefore(await readFile(path, 'utf8'))) : await fileSha256(path),
    )
  }
  return hashes
}

/** A folder that is empty before and gone after. */
async function emptyFolder(path: string): Promise<AsyncDisposable & { path: string }> {
  await rm(path, { recursive: true, force: true })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
