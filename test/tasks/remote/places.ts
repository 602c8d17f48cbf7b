import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../../../schemas/input-error.ts'
import type { Task } from '../../../schemas/task.ts'
import { RemoteError } from '../../../store/remote/remote-error.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { intake } from '../../../tasks/intake.ts'
import type { News } from '../../../tasks/remote/reach.ts'
import { usualRoutes } from '../../../tasks/remote/web.ts'
import type { TaskSource } from '../../../tasks/source.ts'
import { taskList } from '../../../tasks/task-list.ts'
import { temporaryFolder } from '../../fixtures.ts'

/** A run's store and an empty cache; waits are over at once, and noted. */
export async function workplace(routes = usualRoutes()) {
  const folder = await temporaryFolder()
  const store = await openSqliteStore(join(folder.path, 'store'))
  const news: News[] = []
  const waits: number[] = []
  const reaching = {
    routes,
    wholeUpTo: 1_000_000,
    folder: join(folder.path, 'cache'),
    listen: (one: News) => void news.push(one),
    wait: async (time: number) => void waits.push(time),
  }

  /** What is taken in, or the lines by which it is refused. */
  async function take(sources: TaskSource[], newest = false): Promise<Task[] | string[]> {
    try {
      const list = await intake(sources, store, rows => rows, { ...reaching, newest })
      return await Array.fromAsync(taskList(store, list.fingerprint))
    } catch (error) {
      if (error instanceof InputError) return error.lines
      if (error instanceof RemoteError) return [`69: ${error.message}`]
      throw error
    }
  }

  /** What is taken in, with what is said of it. */
  const takeIn = (sources: TaskSource[]) => intake(sources, store, rows => rows, reaching)

  const warnings = () => news.splice(0).flatMap(one => (one.kind === 'warning' ? [one.message] : []))
  async function dispose() {
    await store[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { path: folder.path, store, news, waits, take, takeIn, warnings, [Symbol.asyncDispose]: dispose }
}

/** Write files below a folder. */
export async function fill(folder: string, files: Record<string, string | Uint8Array>) {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
}

export const linesOf = (rows: unknown[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')
