import type { Routes } from '../tasks/remote/reach.ts'

/** What is heard while something is pushed. */
export type PushNews =
  | { kind: 'again'; why: string; number: number; most: number }
  /** So many bytes of all that are to go there have gone. */
  | { kind: 'sending'; what: string; bytes: number; whole: number }

/** How a push reaches its destination. */
export interface Errand {
  routes: Routes
  signal: AbortSignal
  /** Throws when nothing more may be begun. */
  check(): void
  listen(news: PushNews): void
  /** Milliseconds. Rejects when the signal aborts. */
  wait(time: number, signal: AbortSignal): Promise<void>
}
