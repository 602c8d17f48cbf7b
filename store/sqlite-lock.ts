import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LockedError } from './errors.ts'
import { makeFolder } from './folder.ts'

/**
 * Hold a folder for this process. The operating system lets go of it when the process dies, so nothing stale stays
 * behind.
 */
export async function lockFolder(folder: string): Promise<Disposable> {
  makeFolder(folder)
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
