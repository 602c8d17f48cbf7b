import { DatabaseSync } from 'node:sqlite'
import type { Task } from '../schemas/task.ts'

/** Tasks that are not yet known to be all good, on disk and gone with the process. */
export interface Staging extends Disposable {
  /** Claims an id for a place, with its task where that is good; returns the place that had the id before. */
  claim(id: string, place: string, task: Task | null): string | null
  /** The good tasks in the order they came. */
  tasks(): Iterable<Task>
}

/** SQLite's own temporary database: unlinked as soon as it is opened, so not even a kill leaves it behind. */
export function openStaging(): Staging {
  const database = new DatabaseSync('')
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
  database.exec('CREATE TABLE staged (position INTEGER PRIMARY KEY, id TEXT UNIQUE, place TEXT, task TEXT)')
  database.exec('BEGIN')
  const insert = database.prepare(
    'INSERT INTO staged (id, place, task) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  )
  const placeOf = database.prepare('SELECT place FROM staged WHERE id = ?')
  return {
    claim(id, place, task) {
      const taken = insert.run(id, place, task && JSON.stringify(task)).changes === 0
      return taken ? String(placeOf.get(id)?.place) : null
    },
    *tasks() {
      const rows = database.prepare('SELECT task FROM staged WHERE task IS NOT NULL ORDER BY position')
      for (const { task } of rows.iterate()) yield JSON.parse(String(task))
    },
    [Symbol.dispose]: () => database.close(),
  }
}
