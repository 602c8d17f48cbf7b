import { hashOf } from '../../schemas/hash.ts'
import type { Table } from '../../store/store.ts'
import type { Teacher, TeacherLimits } from '../../teachers/teacher.ts'
import type { Bill } from '../spend/payment.ts'

/** What asking models and asking services differ in; everything else about asking is the same. */
export interface Adapter<Who, Query, Answer> {
  /** Where answers are kept. */
  table: Table
  /** The same question has the same key. */
  keyOf(who: Who, query: Query): string
  inquiryOf(who: Who, query: Query): Inquiry<Answer>
  /** What an error comes to that will be the same whenever the same is asked; undefined for any other error. */
  endOf?(error: unknown): Conclusion<Answer> | undefined
}

/** An error that is an end: at once where it is `sure`, else where it comes in the same words another time. */
export interface Conclusion<Answer> {
  answer: Answer
  sure: boolean
  words: string
  /** It would end the run. */
  fatal: boolean
}

export interface Inquiry<Answer> {
  bill: Bill<Answer>
  /** Where it can be asked: any of them will do. */
  endpoints: readonly Endpoint<Answer>[]
  /** Undefined for what is no fault of whoever is asked. */
  faultOf(error: unknown): CallFault | undefined
  /** How many tokens it may use, given how many replies used before, and how many it used. */
  tokens?: {
    guess(output: number | undefined): number
    used(answer: Answer): { input: number; output: number }
  }
}

/** One key at one address. */
export interface Endpoint<Answer> {
  /** Those with the same one wait in one line, by the limits of the first. */
  line: unknown
  /** Those with the same one share their rates with all processes. */
  account(): string
  limits: TeacherLimits | undefined
  /** Asks once. */
  call(signal: AbortSignal): Promise<Answer>
}

/** Whose limits these are: its own, unless it names another account. */
export const accountOf = ({ name, options, limits }: Pick<Teacher, 'name' | 'options' | 'limits'>): string =>
  limits?.account ?? hashOf([name, options])

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
