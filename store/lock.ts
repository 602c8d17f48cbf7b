import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process works on this run. */
export class LockedError extends Error {
  override name = 'LockedError'
}

/**
 * Hold a run for this process. The operating system lets go of it when the process dies, so nothing stale can be
 * left behind. Throws LockedError at once when another process holds it.
 */
export async function lockRun(folder: string): Promise<Disposable> {
  await mkdir(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!/locked/.test(String(error))) throw error
    throw new LockedError(`${folder} is being worked on by another process; wait for it or stop it`)
  }
  return { [Symbol.dispose]: () => database.close() }
}
