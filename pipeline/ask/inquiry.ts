import { hashOf } from '../../schemas/hash.ts'
import type { Store, Table } from '../../store/store.ts'
import type { Teacher, TeacherLimits } from '../../teachers/teacher.ts'
import type { Bill } from '../spend/bill.ts'
import type { CallFault } from './call-fault.ts'

/** What asking models and asking services differ in; everything else about asking is the same. */
export interface Adapter<Who, Query, Answer> {
  /** Where answers are kept. */
  table: Table
  /** The same question has the same key. */
  keyOf(who: Who, query: Query): string
  inquiryOf(who: Who, query: Query): Inquiry<Answer>
  /** Puts down what an answer tells beside itself, before it is kept. */
  notesIn?(store: Store): (who: Who, answer: Answer) => Promise<void>
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
