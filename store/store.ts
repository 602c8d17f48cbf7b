import { thing } from '../schemas/options.ts'
import type { Database } from './database.ts'
import type { Limiter } from './limiter.ts'

/**
 * What a run remembers. `tasks` (with pins of what was read elsewhere) and `images` are intake, `plan` what is to be
 * done, `replies` what was paid for and `calls` what that cost, `refusals` in which words servers refused single
 * requests, `answerers` by which names models answered, `searches` what services said, `screenings` what became of
 * tasks before teachers were asked, `refreshes` how often all was asked anew, `slots` how those times are called,
 * `batches` what is being answered in batches, `rescues` which drops a person overruled, `sources` with which code of
 * the user's own checks measured, `accepted` what may be asked, and under which conditions, `marks` what a long look at
 * the rest found, `parts` which part of a run it is, `remembered` what selectors made of pictures before they decided,
 * `files` what else of it is kept elsewhere; all else is made by work.
 */
export const tables = [
  'tasks',
  'images',
  'plan',
  'replies',
  'calls',
  'refreshes',
  'slots',
  'batches',
  'refusals',
  'answerers',
  'searches',
  'rescues',
  'sources',
  'accepted',
  'marks',
  'parts',
  'remembered',
  'files',
  'attempts',
  'screenings',
  'turns',
  'trajectories',
  'facts',
] as const
export type Table = (typeof tables)[number]

/**
 * What must survive. Everything in it is put once and never changed. So a killed run goes on from it, and two workers
 * that do the same work agree on one result.
 */
export interface Store extends AsyncDisposable {
  /** The value under a key, or undefined. */
  get<T>(table: Table, key: string): Promise<T | undefined>
  /** Put if absent. Resolves when it would survive a crash, with what is there now: the first one wins. */
  put<T>(table: Table, key: string, value: T): Promise<T>
  /** Forget a key. Only for work that is to be done again. */
  delete(table: Table, key: string): Promise<void>
  /** Every value whose key starts with `prefix`, in key order, without holding them all. */
  scan<T>(table: Table, prefix?: string): AsyncIterable<{ key: string; value: T }>
  /** How many keys a table holds. */
  count(table: Table): Promise<number>
  /** Keep bytes under their sha256; returns it. Putting the same bytes again does nothing. */
  putBlob(bytes: Uint8Array): Promise<string>
  /** The bytes, or an error that names the missing hash. */
  getBlob(sha256: string): Promise<Uint8Array>
  /** Rejects with StoreError as long as an answer that is still to be asked for might not be kept. Cheap. */
  room?(): Promise<void>
  /**
   * Keep where the store is what else the run has in its folder, so that it comes to another machine, too. Absent where
   * the store lies in that folder itself.
   */
  keepFiles?(files: readonly FileOfRun[]): Promise<void>
}

/** What a run has in its folder beside its store: a file, or a link to something in that folder. */
export type FileOfRun = { path: string; bytes: number; sha256: string } | { path: string; link: string }

/** What is held until it is disposed of; others hear of that at once where it is waited for. */
export type HeldRun = Disposable & Partial<AsyncDisposable>

/**
 * Where runs keep what they remember, as a config names it: what opens, locks and recognises the store of a run in its
 * folder.
 */
export interface StoreKind {
  name: string
  /** Throws StoreError, with a cure, where no store can be kept for this folder. Makes nothing. */
  ready?(folder: string): Promise<void>
  /** Whether a run has its store in this folder. */
  isIn(folder: string): Promise<boolean>
  /**
   * Hold a run for this process until it is disposed of; whatever becomes of the process, nothing stale stays behind.
   * Throws LockedError at once where another process holds it.
   */
  lock(folder: string): Promise<HeldRun>
  /** Whether another process holds a run now. */
  isHeld(folder: string): Promise<boolean>
  /** Open the store of a run, a new one where there is none. `warn` hears of what goes slowly. Throws StoreError. */
  open(folder: string, warn?: (message: string) => void): Promise<Store>
  /** Open one that is there to read it, also where nothing can be written. Throws StoreError. */
  read(folder: string): Promise<Store>
  /** Put every blob of the store in one folder into that in another, where that is cheaper than to read each. */
  takeBlobs?(from: string, into: string): Promise<void>
  /**
   * Of a store that is not kept in the folder: give runs that are kept beside this one folders beside this one, by
   * which they are read. `wanted` says which, of all their names.
   */
  pointBeside?(folder: string, wanted: (names: readonly string[]) => readonly string[]): Promise<void>
  /** Rates that all processes keep together that open the same folder. */
  limiter(folder: string): Limiter
  /** A database for what is made anew whenever it is needed. It is empty, and gone when it is disposed of. */
  temporary(path: string): Promise<{ table: Database } & AsyncDisposable>
  /** A database for what can be made again, but is kept because that takes long. */
  kept(path: string): { table: Database } & Disposable
}

export const StoreKind = thing<StoreKind>('a store', 'sqlite()', {
  isIn: 'function',
  lock: 'function',
  open: 'function',
})
