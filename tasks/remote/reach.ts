import type { Dispatcher } from 'undici'
import type { Noted } from '../../store/input-file.ts'

/** What a run hears of its sources while they are read. */
export type News =
  | { kind: 'warning'; message: string }
  | { kind: 'again'; why: string; number: number; most: number }
  /** So many bytes of a file are there. */
  | { kind: 'fetching'; what: string; bytes: number; whole: number | null }

/**
 * What a run has found elsewhere, so that it finds the same again. New pins are kept when the intake is over: one that
 * is refused leaves none.
 */
export interface Pins {
  get<T>(key: string): Promise<T | undefined>
  set(key: string, value: unknown): void
}

/** How servers are reached: proxies of the environment are used. */
export interface Routes {
  /** To any address. */
  anywhere: Dispatcher
  /** To public addresses alone. */
  outside: Dispatcher
  isPublic(address: string): boolean
}

/** Pictures by their sha256. */
interface Pictures {
  put(bytes: Uint8Array): Promise<string>
  get(hash: string): Promise<Uint8Array>
}

/** How sources reach what lies elsewhere. */
export interface Reach {
  pins: Pins
  signal: AbortSignal
  listen(news: News): void
  /** Is told of every file of this disk that was read. */
  noted?: Noted
  /** Where files that were fetched are kept; it may be emptied at any time. */
  folder: string
  /** The same for pictures, by their sha256. */
  pictures: Pictures
  routes: Routes
  /** Bytes: of larger tables only those columns are fetched that are wanted. */
  wholeUpTo: number
  /** Milliseconds. Rejects when the signal aborts. */
  wait(time: number, signal: AbortSignal): Promise<void>
}
