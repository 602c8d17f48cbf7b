import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../pipeline/config.ts'
import { defaultStore } from '../store/default.ts'
import type { Store } from '../store/store.ts'
import { guarded } from './guarded.ts'

/** Read a run by its folder, the newest in runs/ by default. */
export const reading = (folder: string | undefined, read: (store: Store, folder: string) => Promise<void>) =>
  guarded(async () => {
    const run = folder ?? (await newestRun('runs'))
    if (!(await defaultStore.isIn(run)))
      throw new ConfigError(`${run} is not the folder of a run; give one such as runs/demo`)
    await using store = await defaultStore.open(run)
    await read(store, run)
  })

/** The same for what writes into a run, which need not be there yet. */
export const changing = (
  folder: string | undefined,
  write: (store: Store, folder: string) => Promise<void>,
) =>
  guarded(async () => {
    const run = folder ?? (await newestRun('runs'))
    using _lock = await defaultStore.lock(run)
    await using store = await defaultStore.open(run)
    await write(store, run)
  })

async function newestRun(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const runs = await Promise.all(
    names.map(async name => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
  )
  const [newest] = runs.sort((a, b) => b.at - a.at)
  if (!newest) throw new ConfigError(`there is no run in ${folder}/; name its folder`)
  return newest.path
}
