import { randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import { sha256 } from '../schemas/hash.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { StoreError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { openSqliteLimiter } from './sqlite-limiter.ts'
import { isHeld, lockFolder } from './sqlite-lock.ts'
import { openToRead } from './sqlite-reading.ts'
import { openKept, openTemporary } from './sqlite-tables.ts'
import { type Store, StoreKind, type Table, tables } from './store.ts'

const layout = 1
const page = 256
/** Writes that come within so many milliseconds share one commit. */
const gatherMs = 5
/** Blobs that are kept in memory, in bytes: every turn of every sample sends the same images again. */
const recentBytes = 64 << 20

const fileIn = (folder: string) => join(folder, 'store.sqlite')
const blobsIn = (folder: string) => join(folder, 'blobs')

/** Keep a run in files of its folder: no server. */
export const sqlite = factory(StoreKind, 'sqlite', noOptions, () => ({
  name: 'sqlite',
  isIn: folder =>
    access(fileIn(folder)).then(
      () => true,
      () => false,
    ),
  lock: lockFolder,
  isHeld,
  open: openSqliteStore,
  read: readSqliteStore,
  limiter: openSqliteLimiter,
  temporary: openTemporary,
  kept: openKept,
}))

/** A run's store in one folder: `store.sqlite` and content-addressed files under `blobs/`. No server. */
export async function openSqliteStore(folder: string): Promise<Store> {
  makeFolder(blobsIn(folder))
  return storeOn(folder, await guarded(folder)(async () => openDatabase(fileIn(folder))))
}

/** The same to be read, wherever it lies and whoever is writing it. What is put rejects. */
export const readSqliteStore = async (folder: string): Promise<Store> =>
  storeOn(folder, await guarded(folder)(async () => readDatabase(fileIn(folder))))

function storeOn(folder: string, database: DatabaseSync): Store {
  const blobs = blobsIn(folder)
  const guard = guarded(folder)
  const statements = new Map(tables.map(table => [table, prepare(database, table)]))
  const of = (table: Table) => statements.get(table) ?? prepare(database, table)
  const writes = groupedWrites(database)
  const recent = new LRUCache<string, Uint8Array>({
    maxSize: recentBytes,
    sizeCalculation: bytes => bytes.length + 1,
    fetchMethod: hash => readFile(blobPath(blobs, hash)),
  })
  return {
    get: (table, key) => guard(async () => parse(of(table).get.get(key))),
    put: (table, key, value) => guard(() => writes.add(() => putIfAbsent(of(table), key, value))),
    delete: (table, key) => guard(() => writes.add(() => void of(table).delete.run(key))),
    scan: (table, prefix = '') => scan(of(table), prefix),
    count: table => guard(async () => Number(of(table).count.get()?.n)),
    putBlob: bytes => guard(() => putBlob(blobs, bytes)),
    getBlob: hash => guard(() => recent.forceFetch(hash)),
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
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new StoreError(`${folder}: ${reason}`, { cause })
    }
  }

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  // FULL: a paid reply must survive a power cut, not only a killed process.
  database.exec(
    'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000',
  )
  checkLayout(database, path)
  for (const table of tables) database.exec(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`)
  database.exec(`PRAGMA user_version = ${layout}`)
  return database
}

function readDatabase(path: string): DatabaseSync {
  const database = openToRead(path)
  checkLayout(database, path)
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

const columns = '(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'

function checkLayout(database: DatabaseSync, path: string) {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (found > layout)
    throw new Error(`${path} was written by a newer kindling (layout ${found}); update kindling`)
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

type Statements = ReturnType<typeof prepare>

const prepare = (database: DatabaseSync, table: Table) => ({
  get: database.prepare(`SELECT value FROM ${table} WHERE key = ?`),
  insert: database.prepare(`INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING`),
  delete: database.prepare(`DELETE FROM ${table} WHERE key = ?`),
  count: database.prepare(`SELECT count(*) AS n FROM ${table}`),
  from: database.prepare(`SELECT key, value FROM ${table} WHERE key >= ? ORDER BY key LIMIT ${page}`),
  after: database.prepare(`SELECT key, value FROM ${table} WHERE key > ? ORDER BY key LIMIT ${page}`),
})

function putIfAbsent<T>({ insert, get }: Statements, key: string, value: T): T {
  if (insert.run(key, JSON.stringify(value)).changes > 0) return value
  return parse(get.get(key)) as T
}

/** Page by page, so that no statement stays open over other work. */
async function* scan<T>({ from, after }: Statements, prefix: string) {
  let rows = from.all(prefix)
  while (rows.length > 0) {
    for (const row of rows) {
      if (!String(row.key).startsWith(prefix)) return
      yield { key: String(row.key), value: parse(row) as T }
    }
    rows = after.all(String(rows.at(-1)?.key))
  }
}

const parse = <T>(row: Record<string, unknown> | undefined): T | undefined =>
  row === undefined ? undefined : (JSON.parse(String(row.value)) as T)

const blobPath = (folder: string, hash: string) => join(folder, hash.slice(0, 2), hash)

/** The name appears only when the bytes are whole and on disk. */
async function putBlob(folder: string, bytes: Uint8Array): Promise<string> {
  const hash = sha256(bytes)
  const path = blobPath(folder, hash)
  await mkdir(join(folder, hash.slice(0, 2)), { recursive: true })
  const draft = `${path}.${randomUUID()}.draft`
  try {
    await using file = await open(draft, 'wx')
    await file.writeFile(bytes)
    await file.datasync()
    await link(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  return hash
}
