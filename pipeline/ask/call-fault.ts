/** A provider that asks for more than this, in milliseconds, is not waited for. */
export const longestWait = 15 * 60_000

/** Why a call failed, as far as the next try is decided by it. */
export interface CallFault {
  /** What is thrown when there is no other try of this question. */
  error: Error
  /**
   * Something broke, which another try may mend; there was too much to do; no other try helps; or it is no fault, but
   * the next try goes on with the answer.
   */
  kind: 'broken' | 'refused' | 'lasting' | 'paused'
  /** Every other call to the same place would fail alike. */
  fatal: boolean
  /** What is thrown when there is no other try of any question; absent where it never comes to that. */
  asFatal?(why?: string): Error
  /** It is fatal only where nothing was answered before. */
  doubtful?: boolean
  /** Nobody was there. */
  gone?: boolean
  /** The question was understood, and is not to be answered. */
  judged?: boolean
  /** Milliseconds that are to pass before the next try, at most `longestWait`. */
  wait: number
}
