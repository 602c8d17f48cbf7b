import type { Bundle } from './bundle.ts'

/** What is to happen to a file: `copied` are bytes that lie at the destination already, under another name. */
export interface FileChange {
  does: 'sent' | 'copied' | 'removed' | 'same'
  path: string
  bytes: number
}

/** What a push has to do; so far nothing was changed. */
export interface Push {
  /** Where the export will lie. */
  at: string
  changes: FileChange[]
  /** Whether there is anything to do. */
  needed: boolean
  /** What somebody should know before. */
  notes: string[]
  /** Does it, and gives the address of what lies there then. Stopped at any point it leaves what was there readable. */
  carryOut(): Promise<string>
}

/** Somewhere that exports are pushed to. */
export interface Destination {
  /** As it is written. */
  shown: string
  /**
   * Says what a push has to do there. Rejects with RemoteError, and with InputError where an export may not come to lie
   * there.
   */
  compare(bundle: Bundle): Promise<Push>
}

/** How many bytes go there. */
export const bytesToSend = (changes: readonly FileChange[]): number =>
  changes.reduce((sum, { does, bytes }) => sum + (does === 'sent' ? bytes : 0), 0)
