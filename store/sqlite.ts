import { globSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { factory, noOptions } from '../schemas/options.ts'
import { openBlobs, takeBlobs } from './blobs.ts'
import { DamagedError, StoreError } from './errors.ts'
import { demandFitFileSystem } from './file-systems.ts'
import { makeFolder } from './folder.ts'
import { openRoom } from './room.ts'
import { bucketPlace, readPointer } from './s3/pointer.ts'
import { openSqliteLimiter } from './sqlite-limiter.ts'
import { isHeld, lockFolder } from './sqlite-lock.ts'
import { openToRead } from './sqlite-reading.ts'
import { columns, parseRow, prepareTable, putRow, scanRows } from './sqlite-rows.ts'
import { isDamage, openKept, openTemporary } from './sqlite-tables.ts'
import { type Store, StoreKind, type Table, tables } from './store.ts'

const layout = 1
/** Writes that come within so many milliseconds share one commit. */
const gatherMs = 5

const fileIn = (folder: string) => join(folder, 'store.sqlite')
export const blobsIn = (folder: string) => join(folder, 'blobs')

/** Keep a run in files of its folder: no server. */
export const sqlite = factory(StoreKind, 'sqlite', noOptions, () => ({
  name: 'sqlite',
  ready: demandFitFileSystem,
  isIn: folder =>
    access(fileIn(folder)).then(
      () => true,
      () => false,
    ),
  async lock(folder) {
    await refusePointer(folder)
    return lockFolder(folder)
  },
  isHeld,
  async open(folder) {
    await refusePointer(folder)
    return openSqliteStore(folder)
  },
  read: readSqliteStore,
  takeBlobs: (from, into) => takeBlobs(blobsIn(from), blobsIn(into)),
  limiter: openSqliteLimiter,
  temporary: openTemporary,
  kept: openKept,
}))

/** Throws StoreError where the run of a folder is kept elsewhere: it would be paid for again. */
async function refusePointer(folder: string): Promise<void> {
  const there = await readPointer(folder)
  if (there)
    throw new StoreError(
      `${folder} is kept in ${bucketPlace(there)}; put \`store: s3(…)\` back, or give the run another name`,
    )
}

/** A run's store in one folder: `store.sqlite` and content-addressed files under `blobs/`. No server. */
export async function openSqliteStore(folder: string): Promise<Store> {
  makeFolder(blobsIn(folder))
  return storeOn(folder, await guarded(folder)(async () => openDatabase(folder)))
}

/** The same to be read, wherever it lies and whoever is writing it. What is put rejects. */
export const readSqliteStore = async (folder: string): Promise<Store> =>
  storeOn(folder, await guarded(folder)(async () => readDatabase(folder)))

function storeOn(folder: string, database: DatabaseSync): Store {
  const blobs = openBlobs(blobsIn(folder))
  const guard = guarded(folder)
  const statements = new Map(tables.map(table => [table, prepareTable(database, table)]))
  const of = (table: Table) => statements.get(table) ?? prepareTable(database, table)
  const writes = groupedWrites(database)
  return {
    get: (table, key) => guard(async () => parseRow(key, of(table).get.get(key))),
    put: (table, key, value) => guard(() => writes.add(() => putRow(of(table), key, value))),
    delete: (table, key) => guard(() => writes.add(() => void of(table).delete.run(key))),
    scan: (table, prefix = '') => guardedScan(scanRows(of(table), prefix), folder),
    count: table => guard(async () => Number(of(table).count.get()?.n)),
    putBlob: bytes => guard(() => blobs.put(bytes)),
    getBlob: hash => guard(() => blobs.get(hash)),
    room: openRoom(folder),
    async [Symbol.asyncDispose]() {
      writes.flush()
      database.close()
    },
  }
}

/** Every fault leaves as a StoreError that names the folder. */
const guarded =
  (folder: string) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw storeError(folder, cause)
    }
  }

function storeError(folder: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  if (isDamage(cause) || cause instanceof SyntaxError)
    return new DamagedError(`${fileIn(folder)} is damaged (${reason}); ${remedy}`, { cause })
  return new StoreError(`${folder}: ${reason}`, { cause })
}

const remedy = 'put it back from a copy of the folder, or give the run another name to begin anew'

function openDatabase(folder: string): DatabaseSync {
  const database = new DatabaseSync(fileIn(folder))
  // FULL: a paid reply must survive a power cut, not only a killed process.
  database.exec(
    'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000',
  )
  checkLayout(database, folder)
  for (const table of tables) database.exec(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`)
  database.exec(`PRAGMA user_version = ${layout}`)
  return database
}

function readDatabase(folder: string): DatabaseSync {
  const database = openToRead(fileIn(folder))
  checkLayout(database, folder)
  const found = new Set(
    database
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
  )
  // What an older kindling did not have yet is empty.
  for (const table of tables) if (!found.has(table)) database.exec(`CREATE TEMP TABLE ${table} ${columns}`)
  return database
}

function checkLayout(database: DatabaseSync, folder: string) {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (found === 0) refuseLost(folder, database)
  if (found > layout)
    throw new DamagedError(
      `${fileIn(folder)} was written by a newer kindling (layout ${found}); update kindling`,
    )
}

/** A new database beside what only a run leaves is one that was lost: going on would buy everything again. */
function refuseLost(folder: string, database: DatabaseSync): void {
  const [left] = globSync(['decisions.jsonl', 'export', 'exports', 'blobs/*/*'], { cwd: folder })
  if (left === undefined) return
  database.close()
  throw new DamagedError(`${fileIn(folder)} is gone or empty, but ${left} is there; ${remedy}`)
}

/** Writes that come close together share one commit, because a commit costs a disk flush. */
function groupedWrites(database: DatabaseSync) {
  let waiting: { run: () => () => void; fail: (error: unknown) => void }[] = []

  function flush() {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    try {
      database.exec('BEGIN IMMEDIATE')
      const settle = batch.map(({ run }) => run())
      database.exec('COMMIT')
      for (const done of settle) done()
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      for (const { fail } of batch) fail(error)
    }
  }

  function add<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    if (waiting.length === 0) setTimeout(flush, gatherMs)
    waiting.push({
      run: () => {
        const result = work()
        return () => resolve(result)
      },
      fail: reject,
    })
    return promise
  }

  return { add, flush }
}

/** Faults of a scan leave as the others do; what its reader throws does not come by. */
async function* guardedScan<T>(rows: AsyncGenerator<T>, folder: string) {
  const guard = guarded(folder)
  for (;;) {
    const { done, value } = await guard(() => rows.next())
    if (done) return
    yield value
  }
}
