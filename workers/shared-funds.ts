/** What is spent and what is reserved, in USD, by all processes of a run together. */
export interface Funds {
  spent: number
  /** Calls that were begun and of which nobody knows what they cost, at their worst. */
  open: readonly { id: string; usd: number }[]
}

export type Hold = { kind: 'held' } | { kind: 'wait' } | { kind: 'refused'; spent: number }

/**
 * One purse for all processes of a run. Each call has an id and is known by it in the run's ledger, too. What is kept
 * here is what the ledger says; where it may have been lost, `account` reads it there anew before anything is held.
 */
export interface SharedFunds {
  /** What the ledger of the run says. To be set before anything is held. */
  account(read: () => Promise<Funds>): void
  /** The leader: set how much may be spent, null for anything, and read the ledger. */
  limit(usd: number | null): Promise<void>
  /**
   * Set the worst case of a call aside, if it fits: then nothing else takes it until it is settled. `wait` where live
   * processes hold what may be left over, `refused` where nobody does.
   */
  hold(id: string, usd: number): Promise<Hold>
  /** Whether it is still held. Asked when the call stands in the ledger, so nothing that was lost is spent. */
  isHeld(id: string): Promise<boolean>
  /** A call that was held has ended, and cost this. Another time it does nothing. */
  settle(id: string, usd: number): Promise<void>
  /** A call that nothing was held for has cost this. */
  spend(usd: number): Promise<void>
  /** What is spent and held, as far as this process has heard. */
  spent(): number
}
