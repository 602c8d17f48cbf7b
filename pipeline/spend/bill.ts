import type { CallEnd, CallRecord } from './ledger.ts'

/** What a call is put down as. */
export interface Bill<Answer> {
  call: CallRecord
  /** USD that it can cost at most; null where there is no price. */
  worst: number | null
  /** What it used; undefined where the answer does not say. */
  used(answer: Answer): CallEnd | undefined
  /** What is put down where it failed; undefined where it may have been charged all the same. */
  failed(error: unknown): CallEnd | undefined
  /** It costs the same whatever comes back, so one that was refused is put down also where money is not limited. */
  flat: boolean
}
