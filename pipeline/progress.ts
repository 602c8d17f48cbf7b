import type { Member } from '../workers/worker-pool.ts'

/** As exports, stats and `--json` say it: `synthesize` is solving, `curate` is deciding. */
export const stages = ['intake', 'screen', 'synthesize', 'rerun', 'verify', 'curate', 'export'] as const
export type StageName = (typeof stages)[number]

/** What a run says of itself while it works. */
export type Progress =
  | { kind: 'stage'; stage: StageName; total: number | null }
  /**
   * `done` counts all items, `already` those that an earlier run had done, and `failed` those that have to be done
   * again.
   */
  | {
      kind: 'done'
      stage: StageName
      done: number
      already: number
      failed: number
      /** Null where nobody knows yet. */
      total: number | null
      /** USD that the run has cost so far; null where that is not known. */
      usd: number | null
      /** For work that was done now: the task's id, and how long it took, in milliseconds. */
      task?: string
      ms?: number
    }
  /** A call of a model or a service is under way, under a number of its own. */
  | { kind: 'call'; call: number }
  /** It is over, however it ended: with so many tokens, where it was answered and they are counted. */
  | { kind: 'called'; call: number; output: number | null }
  /** It failed for a reason that may pass, in one line, and is made again: try `number` of at most `most`. */
  | { kind: 'again'; why: string; number: number; most: number }
  /** So many bytes of a file that lies elsewhere are there; null where nobody knows of how many. */
  | { kind: 'fetching'; what: string; bytes: number; whole: number | null }
  /** Who works for this leader. */
  | { kind: 'workers'; workers: readonly Member[] }
  /** So many rollouts have to wait until a batch is answered. */
  | { kind: 'waiting'; rollouts: number }
  /** One line. The run goes on. A note tells of what was given, a warning of what may be wrong. */
  | { kind: 'note' | 'warning'; message: string }

export type Listener = (progress: Progress) => void
