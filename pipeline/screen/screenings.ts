import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hashOf } from '../../schemas/hash.ts'
import type { Screening } from '../../schemas/screening.ts'
import { contentOf, placedAt, type Task } from '../../schemas/task.ts'
import { draftInPlace } from '../../store/file-in-place.ts'
import { extending, type TaskList, taskList } from '../../tasks/task-list.ts'
import { screensOf, sharedFor } from '../plan.ts'
import type { Run } from '../run.ts'
import { type ScreenedLine, screenedPath } from './screened-list.ts'

/**
 * Where the screening of a task is stored. Other screens, or other conditions for the student's attempts, give another
 * screening. What models said to the same questions stays known.
 */
export function screeningKeys(run: Run): (task: Task) => string {
  const shared = sharedFor(run)
  const screens = screensOf(run.config)
  return task => hashOf({ task: contentOf(task), screens, shared: shared(task) })
}

/** The tasks that teachers are to solve, as screening left them. Those that are not screened yet are not among them. */
export async function* toSolve(list: TaskList, run: Run): AsyncGenerator<Task> {
  const { config, store } = run
  const keyOf = screeningKeys(run)
  for await (const task of taskList(store, list.fingerprint)) {
    const screening = config.screens.length > 0 && (await store.get<Screening>('screenings', keyOf(task)))
    if (screening === false) yield task
    else if (screening?.route === 'sft') yield placedAt(task, screening.task)
  }
}

/**
 * Write down which tasks were to be screened, for whoever reads the run without its config. Nothing where none were.
 */
export async function listScreened(list: TaskList, run: Run): Promise<void> {
  const { config, store } = run
  const file = screenedPath(config.folder)
  if (config.screens.length === 0) return rm(file, { force: true })
  const keyOf = screeningKeys(run)
  const extensionOf = await extending(store)
  async function* lines() {
    for await (const task of taskList(store, list.fingerprint)) {
      const { id, origin, source } = task
      const extension = await extensionOf(task)
      const line: ScreenedLine = {
        ...{ id, key: keyOf(task), source },
        ...(origin && { origin }),
        ...(extension > 0 && { extension }),
      }
      yield `${JSON.stringify(line)}\n`
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(`${file}.draft`, { flush: true }))
  await draftInPlace(`${file}.draft`, file)
}
