import type { AnswerKey } from '../../../answers/compare/key.ts'

export type Pair = [given: string, answer: string]

/** A true answer, and what was given for it. */
type Given = [answer: string, ...given: string[]]

/** Answers that are easily judged wrongly for one reason, with what a careful person would say of each. */
export interface Trap extends Partial<Pick<AnswerKey, 'question' | 'choices' | 'tolerance'>> {
  trap: string
  type: AnswerKey['answerType']
  right: Given[]
  wrong: Given[]
}

export const pairsOf = (all: Given[]): Pair[] =>
  all.flatMap(([answer, ...given]) => given.map((each): Pair => [each, answer]))

/** For LaTeX without doubled backslashes. */
export const r = String.raw
