import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Limiter } from '../store/limiter.ts'
import type { SharedFunds } from './shared-funds.ts'

/** The service that workers share cannot be relied on; one line says why, and the cure. It never holds a password. */
export class WorkersError extends Error {
  override name = 'WorkersError'
}

/** What a worker says of itself. */
export interface SignOfLife {
  /** Rollouts and rows under way, and those that are done. */
  underWay: number
  done: number
  /** Milliseconds of its longest time without looking at anything that came in. */
  longestBlockMs: number
  /** Why it ended, where a fault ended it. */
  fault?: string
}

/** A worker, as it said last. */
export interface Member extends SignOfLife {
  /** Unlike that of every other worker. */
  id: string
  /** Where it runs, and its process there. */
  host: string
  pid: number
  /** ISO 8601. */
  at: string
}

/** What a leader has told workers to do; another one has another `id`. */
export interface LedSession {
  id: string
  about: JsonObject
}

/** The one process that plans, decides and exports. Letting go of it takes back what nobody began. */
export interface Leader extends AsyncDisposable {
  /** Tell workers what to go by: they take chunks from now on. */
  begin(about: JsonObject): Promise<void>
  /** Have a worker do a part of the work, and wait for what came of it. */
  hand(chunk: JsonObject, signal: AbortSignal): Promise<JsonObject>
}

/** How a worker works. */
export interface Working {
  /** The id of what the leader said: chunks of another one are left to those who go by that. */
  session: string
  /** Chunks at once. */
  most: number
  /** Ends it: chunks under way are given back to the others. */
  signal: AbortSignal
  /** Ends it when the chunks under way are done. */
  ended: AbortSignal
  /** `signal` aborts where the chunk is no more this worker's. */
  work(chunk: JsonObject, signal: AbortSignal): Promise<JsonObject>
}

/** What the processes of one run share. */
export interface OpenPool extends AsyncDisposable {
  limiter: Limiter
  funds: SharedFunds
  /** The name of this process. */
  id: string
  /** Throws LockedError where another process leads. */
  lead(signal: AbortSignal): Promise<Leader>
  /** What the leader of now said; undefined where nobody leads. */
  session(): Promise<LedSession | undefined>
  /** Take chunks until one of the signals, or until another leader hands them out. */
  work(working: Working): Promise<void>
  /** Say how this worker is. One that says nothing for 15 s is taken for dead. */
  report(sign: SignOfLife): Promise<void>
  /** This worker ends. */
  leave(): Promise<void>
  /** Those who are alive, and those whom a fault ended. */
  members(): Promise<Member[]>
}

/** Where the processes of runs meet that share their work, as a config names it. */
export interface WorkerPool {
  name: string
  /** Meet the others of a run. Throws WorkersError where the service is not there, or forgets. */
  join(run: string): Promise<OpenPool>
}

export const WorkerPool = thing<WorkerPool>('a worker pool', "redis({ url: 'redis://127.0.0.1:6379' })", {
  name: 'string',
  join: 'function',
})
