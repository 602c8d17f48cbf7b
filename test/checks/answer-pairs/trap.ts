import type { AnswerKey } from '../../../answers/compare/key.ts'

export type Pair = [given: string, answer: string]

/** Answers that are easily judged wrongly for one reason, with what a careful person would say of each. */
export interface Trap extends Partial<Pick<AnswerKey, 'question' | 'choices' | 'tolerance'>> {
  trap: string
  type: AnswerKey['answerType']
  right: Pair[]
  wrong: Pair[]
}

/** For LaTeX without doubled backslashes. */
export const r = String.raw
