import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import type { Database } from './database.ts'

/** An empty database that nobody needs after a crash; all that is done to it is one transaction. */
export async function openTemporary(path: string): Promise<{ table: Database } & AsyncDisposable> {
  await rm(path, { force: true })
  const table = new DatabaseSync(path)
  // 8 MB of it stay in memory, however large it grows.
  table.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
    PRAGMA cache_size = -8192; BEGIN`)
  return {
    table,
    async [Symbol.asyncDispose]() {
      table.close()
      await rm(path, { force: true })
    },
  }
}

/** What SQLite says of a file that is damaged or no database: CORRUPT, NOTADB. */
const damaged = [11, 26]

/** Whether SQLite found a file damaged, or no database at all. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'errcode' in error && damaged.includes(Number(error.errcode) & 0xff)

/** A database that outlives the process, for several that may write to it. A file that is none is made anew. */
export function openKept(path: string): { table: Database } & Disposable {
  const table = orAnew(
    path,
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000',
  )
  return { table, [Symbol.dispose]: () => table.close() }
}

/** Open a database of what can be made again, after some SQL; a file that is damaged or none is made anew. */
export function orAnew(path: string, sql: string): DatabaseSync {
  try {
    return opened(path, sql)
  } catch (error) {
    if (!isDamage(error)) throw error
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) rmSync(file, { force: true })
    return opened(path, sql)
  }
}

function opened(path: string, sql: string): DatabaseSync {
  const table = new DatabaseSync(path)
  try {
    table.exec(sql)
    table.prepare('SELECT * FROM sqlite_schema').all()
    return table
  } catch (error) {
    table.close()
    throw error
  }
}
