import type { Screening } from '../../schemas/screening.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Database } from '../../store/database.ts'
import type { Store } from '../../store/store.ts'

/** Where stored work lies, by what it is about, whatever was asked. */
export interface MadeBefore {
  screeningsOf(task: string): Promise<Screening[]>
  /** Without those that failed. */
  rolloutsOf(task: string, teacher: string, sample: number): Promise<Trajectory[]>
}

/** Goes once through what is stored, when it is first asked. The list of it lies on disk. */
export function madeBefore(store: Store, table: Database): MadeBefore {
  table.exec('CREATE TABLE made (about TEXT, key TEXT, PRIMARY KEY (about, key)) WITHOUT ROWID')
  const put = table.prepare('INSERT INTO made VALUES (?, ?)')
  const keys = table.prepare('SELECT key FROM made WHERE about = ? ORDER BY key')
  let listed: Promise<void> | undefined

  async function list() {
    for await (const { key, value } of store.scan<Screening>('screenings'))
      put.run(JSON.stringify([value.task.id]), key)
    for await (const { key, value } of store.scan<Trajectory>('trajectories'))
      if (value.outcome.kind !== 'failed')
        put.run(JSON.stringify([value.task.id, value.teacher.name, value.sample]), key)
  }

  async function stored<T>(from: 'screenings' | 'trajectories', about: string): Promise<T[]> {
    listed ??= list()
    await listed
    const found = await Promise.all(keys.all(about).map(({ key }) => store.get<T>(from, String(key))))
    return found.filter(value => value !== undefined)
  }

  return {
    screeningsOf: task => stored('screenings', JSON.stringify([task])),
    rolloutsOf: (...slot) => stored('trajectories', JSON.stringify(slot)),
  }
}
