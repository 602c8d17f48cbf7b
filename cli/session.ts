import { join } from 'node:path'
import { modelsOf, type Settings } from '../pipeline/config.ts'
import type { Limiter } from '../store/limiter.ts'
import { lockRun } from '../store/lock.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { openSqliteLimiter } from '../store/sqlite-limiter.ts'
import type { Store } from '../store/store.ts'

/** Work on a run alone: its lock, its store, and teachers, tools and the sandbox let go of at the end. */
export async function withRun<T>(
  config: Settings,
  work: (store: Store, signal: AbortSignal, limiter: Limiter) => Promise<T>,
): Promise<T> {
  using _lock = await lockRun(config.folder)
  await using store = await openSqliteStore(config.folder)
  using limiter = openSqliteLimiter(config.shared ?? config.folder)
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await work(store, stop.signal, limiter)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    for (const plugin of [...modelsOf(config), ...config.tools]) await plugin.close?.()
    await config.sandbox[Symbol.asyncDispose]()
  }
}

/** Where a run's exports are. */
export const exportFolder = ({ folder }: Settings) => join(folder, 'export')
