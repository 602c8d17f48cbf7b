import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { columns, parseRow, prepareTable, scanRows } from '../sqlite-rows.ts'
import { orAnew } from '../sqlite-tables.ts'
import { type Table, tables } from '../store.ts'
import { type LogEntry, lineOf, readLine } from './segment.ts'

/** What is read of a run's log, on this disk: it may go at any time and is then read anew. */
export type Mirror = ReturnType<typeof openMirror>

// No power cut takes anything that is not in the log; what is there stays in order.
const settings = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000;'

const ownTables = `
  CREATE TABLE IF NOT EXISTS log (address TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS packed (sha256 TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS spilled (id TEXT NOT NULL, line TEXT NOT NULL, next INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS recent (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS packs (next INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS brought (number INTEGER NOT NULL) STRICT;`

/** `address` is where the log lies: what was read of another one is forgotten. */
export function openMirror(folder: string, address: string) {
  const database = orAnew(join(folder, 'mirror.sqlite'), settings)
  database.exec(ownTables + tables.map(table => `CREATE TABLE IF NOT EXISTS ${table} ${columns};`).join(''))
  const statements = new Map(tables.map(table => [table, prepareTable(database, table)]))
  const of = (table: Table) => statements.get(table) ?? prepareTable(database, table)
  const forget = () => transact(database, () => emptied(database, address))
  if (database.prepare('SELECT next FROM log WHERE address = ?').get(address) === undefined) forget()
  const nextOf = database.prepare('SELECT next FROM log')
  const pack = database.prepare('INSERT INTO packed VALUES (?, ?) ON CONFLICT DO NOTHING')
  const packedIn = database.prepare('SELECT number FROM packed WHERE sha256 = ?')

  function carryOut(entry: LogEntry, number: number) {
    if (entry.kind === 'blob') return pack.run(entry.sha256, number)
    const { insert, delete: remove } = of(entry.table)
    return entry.json === undefined ? remove.run(entry.key) : insert.run(entry.key, entry.json)
  }

  const next = () => Number(nextOf.get()?.next)
  const packedTo = () => Number(database.prepare('SELECT max(next) AS next FROM packs').get()?.next ?? 0)
  const keepRecent = database.prepare('INSERT INTO recent VALUES (?, ?) ON CONFLICT DO NOTHING')
  const recentAt = database.prepare('SELECT bytes FROM recent WHERE number = ?')
  const sizeOfRecent = database.prepare(
    'SELECT count(*) AS count, coalesce(sum(length(bytes)), 0) AS bytes FROM recent',
  )
  return {
    /** The number of the segment that has not been read yet. */
    next,
    /** Does what the segment says, unless it is done: others may read the same log into this mirror. */
    apply: (number: number, { entries, bytes }: { entries: readonly LogEntry[]; bytes: Uint8Array }) =>
      transact(database, () => {
        if (next() !== number) return
        for (const entry of entries) carryOut(entry, number)
        keepRecent.run(number, bytes)
        database.prepare('UPDATE log SET next = ?').run(number + 1)
      }),
    forget,
    /** The segment after those that lie in packs, too. */
    packedTo,
    /** How many segments there are since then, and their bytes. */
    recentSize(): { count: number; bytes: number } {
      const { count, bytes } = sizeOfRecent.get() ?? {}
      return { count: Number(count), bytes: Number(bytes) }
    },
    /** The bytes of each, as long as none is missing. */
    *recent(): Generator<Uint8Array> {
      for (let number = packedTo(); ; number++) {
        const bytes = recentAt.get(number)?.bytes
        if (!(bytes instanceof Uint8Array)) return
        yield bytes
      }
    },
    packTo: (next: number) =>
      transact(database, () => {
        if (next <= packedTo()) return
        database.prepare('INSERT INTO packs VALUES (?)').run(next)
        database.prepare('DELETE FROM recent WHERE number < ?').run(next)
      }),
    json: (table: Table, key: string) => of(table).get.get(key)?.value?.toString(),
    get: <T>(table: Table, key: string) => parseRow<T>(key, of(table).get.get(key)),
    scan: <T>(table: Table, prefix: string) => scanRows<T>(of(table), prefix),
    count: (table: Table) => Number(of(table).count.get()?.n),
    /** The segment that holds a blob. */
    packedIn: (sha256: string) => packedIn.get(sha256)?.number,
    /** Which of the lists of files the folder has; -1 where it has none. */
    brought: () => Number(database.prepare('SELECT max(number) AS number FROM brought').get()?.number ?? -1),
    bring: (number: number) => void database.prepare('INSERT INTO brought VALUES (?)').run(number),
    /** Keeps on this disk what the bucket does not take now. */
    spill: (id: string, entries: readonly LogEntry[]) =>
      transact(database, () => {
        const keep = database.prepare('INSERT INTO spilled VALUES (?, ?, ?)')
        for (const entry of entries) keep.run(id, lineOf(entry), next())
      }),
    /** Takes back what the bucket has taken after all. */
    unspill: (id: string) => void database.prepare('DELETE FROM spilled WHERE id = ?').run(id),
    /** What the bucket never took. Where others have written since, nothing of theirs is forgotten for it. */
    spilled(): { ids: string[]; entries: LogEntry[] } {
      const rows = database.prepare('SELECT * FROM spilled ORDER BY rowid').all()
      const entries = rows.flatMap(row => {
        const entry = readLine(String(row.line))
        const forgets = entry.kind === 'row' && entry.json === undefined
        return forgets && row.next !== next() ? [] : [entry]
      })
      return { ids: [...new Set(rows.map(({ id }) => String(id)))], entries }
    },
    close: () => database.close(),
  }
}

function emptied(database: DatabaseSync, address: string) {
  for (const table of [...tables, 'log', 'packed', 'spilled', 'recent', 'packs', 'brought'])
    database.exec(`DELETE FROM ${table}`)
  database.prepare('INSERT INTO log VALUES (?, 0)').run(address)
}

function transact(database: DatabaseSync, work: () => void) {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
