import { join } from 'node:path'
import type { Workspace } from '../../filters/selector.ts'
import type { Decision } from '../../output/export.ts'
import type { Task } from '../../schemas/task.ts'
import type { Store, StoreKind } from '../../store/store.ts'
import type { Settings } from '../config.ts'
import type { Run } from '../run.ts'
import { screenedTasks } from '../screen/screened-list.ts'
import type { Notes } from './decisions.ts'
import { rememberedIn } from './remembered.ts'
import { openRescued, type Rescued } from './rescue.ts'

/** Keeps decisions while they are made, on disk, so that a run of any size takes the same memory. */
export interface DecisionTable extends AsyncDisposable, Rescued {
  /** What was decided about a rollout, if anything was. */
  decided(key: string): Decision | undefined
  decide(key: string, decision: Decision): void
  /** A selector's own, to be disposed of when it has decided. */
  workspace(selector: string): Promise<Workspace & AsyncDisposable>
  /** What the selectors have said so far. */
  notes: Notes
}

/** Values that are written together. */
const pageSize = 256

/** What deciding needs of a run. */
type Deciding = Pick<Run, 'store' | 'signal'> & { config: Pick<Settings, 'folder' | 'store'> }

export async function openDecisionTable({ config, store, signal }: Deciding): Promise<DecisionTable> {
  const { folder } = config
  const decisions = await config.store.temporary(join(folder, 'deciding.sqlite'))
  decisions.table.exec('CREATE TABLE decisions (key TEXT PRIMARY KEY, decision TEXT) WITHOUT ROWID')
  const get = decisions.table.prepare('SELECT decision FROM decisions WHERE key = ?')
  const put = decisions.table.prepare('INSERT OR IGNORE INTO decisions VALUES (?, ?)')
  const notes: Notes = []
  return {
    ...(await openRescued(decisions.table, store)),
    notes,
    decided(key) {
      const found = get.get(key)?.decision
      return found === undefined ? undefined : (JSON.parse(String(found)) as Decision)
    },
    decide: (key, decision) => void put.run(key, JSON.stringify(decision)),
    async workspace(selector) {
      const temporary = await config.store.temporary(join(folder, 'selecting.sqlite'))
      const memory = openMemory(config.store.kept(join(folder, 'sketches.sqlite')), store)
      return {
        table: temporary.table,
        bytes: image => store.getBlob(image.sha256),
        pool: () => poolOf(folder, store),
        remember: memory.remember,
        note: note => void notes.push({ by: selector, ...note }),
        signal,
        async [Symbol.asyncDispose]() {
          memory[Symbol.dispose]()
          await temporary[Symbol.asyncDispose]()
        },
      }
    },
    [Symbol.asyncDispose]: decisions[Symbol.asyncDispose],
  }
}

async function* poolOf(folder: string, store: Store): AsyncGenerator<Task> {
  for await (const { screening } of screenedTasks(folder, store))
    if (screening?.route === 'rl') yield screening.task
}

/**
 * Stores what was made of images' bytes, or what the run's store has of it from a part or a worker. It can be deleted
 * at any time, and is then made again.
 */
function openMemory(
  kept: ReturnType<StoreKind['kept']>,
  store: Store,
): Pick<Workspace, 'remember'> & Disposable {
  const { table } = kept
  table.exec(
    'CREATE TABLE IF NOT EXISTS remembered (method TEXT, sha256 TEXT, value BLOB, UNIQUE (method, sha256))',
  )
  const get = table.prepare('SELECT value FROM remembered WHERE method = ? AND sha256 = ?')
  const put = table.prepare('INSERT OR IGNORE INTO remembered VALUES (?, ?, ?)')
  const page = new Map<string, [method: string, sha256: string, value: Uint8Array]>()
  function write() {
    table.exec('BEGIN')
    for (const row of page.values()) put.run(...row)
    table.exec('COMMIT')
    page.clear()
  }
  return {
    async remember(method, sha256, make) {
      const found = page.get(`${method} ${sha256}`)?.[2] ?? get.get(method, sha256)?.value
      if (found instanceof Uint8Array) return found
      const value = (await rememberedIn(store, method, sha256)) ?? (await make())
      page.set(`${method} ${sha256}`, [method, sha256, value])
      if (page.size >= pageSize) write()
      return value
    },
    [Symbol.dispose]() {
      write()
      kept[Symbol.dispose]()
    },
  }
}
