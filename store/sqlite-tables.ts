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
const useless = [11, 26]

/** A database that outlives the process, for several that may write to it. A file that is none is made anew. */
export function openKept(path: string): { table: Database } & Disposable {
  const table = openAnyway(path)
  return { table, [Symbol.dispose]: () => table.close() }
}

function openAnyway(path: string): DatabaseSync {
  try {
    return openShared(path)
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
    if (!useless.includes(code)) throw error
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
    return openShared(path)
  }
}

function openShared(path: string): DatabaseSync {
  const table = new DatabaseSync(path)
  try {
    table.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000')
    table.prepare('SELECT * FROM sqlite_schema').all()
    return table
  } catch (error) {
    table.close()
    throw error
  }
}
