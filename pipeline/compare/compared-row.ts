import type { RolloutName } from './alignment.ts'
import { kept, type RowVerdict } from './verdicts.ts'

export type SideName = 'before' | 'after'

/** What a comparison holds of a row. */
export interface ComparedRow extends RolloutName {
  key: string
  category: string
  /** A hash of what the task asks and shows, and of its true answer. */
  asked: string
  truth: string
  /** The teacher's; null where it gave none. */
  answer: string | null
  /** A hash of all that the teacher said and called. */
  said: string
  verdict: RowVerdict
  /** Why it was dropped, for a person. */
  detail: string
  used: { input: number; output: number; usd: number | null }
}

export const isKept = ({ verdict }: Pick<ComparedRow, 'verdict'>): boolean => verdict.fate === kept
