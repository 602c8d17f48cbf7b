/** What a run says of itself while it works. */
export type Progress =
  | { kind: 'stage'; stage: 'intake' | 'synthesize' | 'verify' | 'curate' | 'export'; total: number | null }
  /** `already` counts what an earlier run had done. */
  | {
      kind: 'done'
      stage: 'synthesize' | 'verify'
      done: number
      already: number
      total: number
      /** USD that the run has cost so far; null where that is not known. */
      usd?: number | null
      /** Of work that was done now: the task's id, and how long it took, in milliseconds. */
      task?: string
      ms?: number
    }
  /** Something a user should know, in one line. */
  | { kind: 'note'; text: string }

export type Listener = (progress: Progress) => void
