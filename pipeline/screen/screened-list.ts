import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScreenedTask } from '../../output/export.ts'
import { linesOf } from '../../schemas/lines.ts'
import { type Origin, placedAt, type Source } from '../../schemas/task.ts'
import { DamagedError } from '../../store/errors.ts'
import type { Store } from '../../store/store.ts'
import { type KeptScreening, screeningIn } from '../older-drops.ts'

/**
 * A task, where its screening is and where its row stands, as a line of `screened.jsonl` holds them, in the order of
 * the tasks.
 */
export interface ScreenedLine {
  id: string
  key: string
  /** Absent in lines that were written before it was said there. */
  source?: Source
  origin?: Origin
  /** Which extension of the run's tasks brought the task, if not the first. */
  extension?: number
}

export const screenedPath = (folder: string) => join(folder, 'screened.jsonl')

/**
 * Every task that was to be screened, in order, with what became of it, or those of the extensions that `isIn` takes;
 * none where a run screens nothing.
 */
export async function* screenedTasks(
  folder: string,
  store: Store,
  isIn: (extension: number) => boolean = () => true,
): AsyncGenerator<ScreenedTask> {
  const file = screenedPath(folder)
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  for await (const text of linesOf(file)) {
    const { id, key, extension = 0, ...from } = lineOf(text, file)
    if (!isIn(extension)) continue
    const kept = await store.get<KeptScreening>('screenings', key)
    yield { id, screening: kept ? screeningIn({ ...kept, task: placedAt(from, kept.task) }) : null }
  }
}

function lineOf(text: string, file: string): ScreenedLine {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DamagedError(`${file} has a line that is no JSON; \`kindling curate\` writes it anew`, {
      cause,
    })
  }
}
