/** What a column holds. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** A statement that was read once and is run often; parameters stand in the order of their question marks. */
export interface Statement {
  run(...values: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  get(...values: SqlValue[]): Record<string, SqlValue> | undefined
  all(...values: SqlValue[]): Record<string, SqlValue>[]
  iterate(...values: SqlValue[]): Iterable<Record<string, SqlValue>>
}

/** Tables on disk that this process alone works with, in SQLite's SQL: for what is too much to be held in memory. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
}
