import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../schemas/input-error.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { intake } from '../../tasks/intake.ts'
import type { Problem, TaskDraft, TaskSource } from '../../tasks/source.ts'
import { taskList } from '../../tasks/task-list.ts'
import { png, temporaryFolder } from '../fixtures.ts'

export const source = { name: 'own', licence: 'CC0-1.0' }
export const fields = { id: 'id', question: 'question', images: 'image', answer: 'answer' }

/** A row that is good beside `a.png`. */
export const row = (changes: Record<string, unknown> = {}) => ({
  id: 'one',
  question: 'Which colour?',
  image: 'a.png',
  answer: 'red',
  ...changes,
})

/** A folder with `a.png` in it, where tests write their files. */
export async function folderWithImage() {
  const folder = await temporaryFolder()
  await writeFile(join(folder.path, 'a.png'), await png())
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder.path, name), content)
    return join(folder.path, name)
  }
  const lines = (name: string, rows: unknown[]) =>
    write(name, rows.map(item => `${JSON.stringify(item)}\n`).join(''))
  return Object.assign(folder, { write, lines })
}

export const draftsOf = async (from: TaskSource): Promise<(TaskDraft | Problem)[]> =>
  Array.fromAsync(from.read())

/** Takes tasks in with a new store. */
export async function takeIn(sources: TaskSource[]) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const list = await intake(sources, store)
  return { ...list, tasks: await Array.fromAsync(taskList(store, list.fingerprint)) }
}

/** The lines an intake is refused with, and nothing where it is not; `folder` is left out of them. */
export async function refusal(sources: TaskSource[], folder: string): Promise<string[]> {
  try {
    await takeIn(sources)
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.lines.map(line => line.replaceAll(`${folder}/`, ''))
  }
}
