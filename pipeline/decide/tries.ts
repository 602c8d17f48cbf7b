import { join } from 'node:path'
import type { Tries } from '../../output/tables/table.ts'
import type { Settings } from '../config.ts'
import { decisionsIn, decisionsPath } from './decisions.ts'

/** How often each task was tried. It lies on disk, so that a run of any size takes the same memory. */
export interface TaskTries extends AsyncDisposable {
  /** Null of a task whose rollouts were decided before it was put down which they are. */
  of(task: string): Tries | null
}

/** Count the decided rollouts of each task, and those of which every check that settles that says they solved it. */
export async function openTries({
  folder,
  store,
  checks,
}: Pick<Settings, 'folder' | 'store' | 'checks'>): Promise<TaskTries> {
  const settling = new Set(checks.filter(({ settles }) => settles).map(({ name }) => name))
  const temporary = await store.temporary(join(folder, 'tries.sqlite'))
  const { table } = temporary
  table.exec('CREATE TABLE tries (task TEXT PRIMARY KEY, tries INTEGER, solved INTEGER) WITHOUT ROWID')
  const put = table.prepare(
    'INSERT INTO tries VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET tries = tries + 1, solved = solved + excluded.solved',
  )
  for await (const { rollout, facts } of decisionsIn(decisionsPath(folder))) {
    if (!rollout) continue
    const said = facts.filter(({ check }) => settling.has(check))
    put.run(rollout.task, said.length > 0 && said.every(({ passed }) => passed) ? 1 : 0)
  }
  const get = table.prepare('SELECT tries, solved FROM tries WHERE task = ?')
  return {
    of(task) {
      const found = get.get(task)
      if (!found) return null
      return { tries: Number(found.tries), solved: settling.size > 0 ? Number(found.solved) : null }
    },
    [Symbol.asyncDispose]: temporary[Symbol.asyncDispose],
  }
}
