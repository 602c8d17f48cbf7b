import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

/** What SQLite says where it may not, or cannot, write beside a database: READONLY, IOERR, FULL, CANTOPEN. */
const unwritable = [8, 10, 13, 14]

/**
 * Open a database and change nothing in it: another process may be writing it, or it lies where nothing can be written.
 */
export function openToRead(path: string): DatabaseSync {
  try {
    return opened(path)
  } catch (error) {
    // An extended code has the plain one in its last byte.
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
    if (!unwritable.includes(code)) throw error
    // Nobody writes there either. What a killed process left in the write-ahead log is read without its shared index.
    return existsSync(`${path}-wal`)
      ? opened(address(path, 'vfs', 'unix-none'), 'PRAGMA locking_mode = EXCLUSIVE')
      : opened(address(path, 'immutable', '1'))
  }
}

function opened(path: string | URL, first = ''): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec(`PRAGMA busy_timeout = 30000; ${first}`)
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite's own parameters of an address: https://sqlite.org/uri.html. */
function address(path: string, name: string, value: string): URL {
  const url = pathToFileURL(path)
  url.searchParams.set(name, value)
  return url
}
