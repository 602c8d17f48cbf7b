import type { DatabaseSync } from 'node:sqlite'
import type { Table } from './store.ts'

const page = 256

/** The columns of a table of a store. */
export const columns = '(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'

type Statements = ReturnType<typeof prepareTable>

/** What is asked of a table of a store. */
export const prepareTable = (database: DatabaseSync, table: Table) => ({
  get: database.prepare(`SELECT value FROM ${table} WHERE key = ?`),
  insert: database.prepare(`INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING`),
  delete: database.prepare(`DELETE FROM ${table} WHERE key = ?`),
  count: database.prepare(`SELECT count(*) AS n FROM ${table}`),
  from: database.prepare(
    `SELECT key, value FROM ${table} WHERE key >= ? AND key < ? ORDER BY key LIMIT ${page}`,
  ),
  after: database.prepare(
    `SELECT key, value FROM ${table} WHERE key > ? AND key < ? ORDER BY key LIMIT ${page}`,
  ),
})

/** The value that is there then: the first one wins. */
export function putRow<T>({ insert, get }: Statements, key: string, value: T): T {
  if (insert.run(key, JSON.stringify(value)).changes > 0) return value
  return parseRow(key, get.get(key)) as T
}

/** Page by page, so that no statement stays open over other work. */
export async function* scanRows<T>({ from, after }: Statements, prefix: string) {
  const end = `${prefix}\u{10ffff}`
  let rows = from.all(prefix, end)
  while (rows.length > 0) {
    for (const row of rows) {
      const key = String(row.key)
      yield { key, value: parseRow(key, row) as T }
    }
    rows = rows.length < page ? [] : after.all(String(rows.at(-1)?.key), end)
  }
}

/** Throws SyntaxError, with the key, for what is no JSON. */
export function parseRow<T>(key: string, row: Record<string, unknown> | undefined): T | undefined {
  if (row === undefined) return undefined
  try {
    return JSON.parse(String(row.value)) as T
  } catch (error) {
    throw new SyntaxError(`what is kept under ${key} is no JSON`, { cause: error })
  }
}
