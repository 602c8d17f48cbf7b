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

/** A database that outlives the process, for several that may write to it. */
export function openKept(path: string): { table: Database } & Disposable {
  const table = new DatabaseSync(path)
  table.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000')
  return { table, [Symbol.dispose]: () => table.close() }
}
