import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LockedError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { orAnew } from './sqlite-tables.ts'

const fileIn = (folder: string) => join(folder, 'lock.sqlite')

/** Milliseconds in which somebody who only looks whether it is held is gone again. */
const glance = 100

/**
 * Hold a folder for this process. The operating system lets go of it when the process dies, so nothing stale stays
 * behind.
 */
export async function lockFolder(folder: string): Promise<Disposable> {
  makeFolder(folder)
  try {
    const database = orAnew(fileIn(folder), `PRAGMA busy_timeout = ${glance}; BEGIN EXCLUSIVE`)
    return { [Symbol.dispose]: () => database.close() }
  } catch (error) {
    if (!isBusy(error)) throw error
    throw new LockedError(`${folder} is being worked on by another process; wait for it or stop it`)
  }
}

/** Whether some process holds a folder. Writes nothing; one that cannot be looked into is held by nobody here. */
export async function isHeld(folder: string): Promise<boolean> {
  try {
    using database = new DatabaseSync(fileIn(folder), { readOnly: true })
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return isBusy(error)
  }
}

const isBusy = (error: unknown) => /locked/.test(String(error))
