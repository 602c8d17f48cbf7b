import type { Task } from '../../schemas/task.ts'

/** The part of a task that says which answer is right. */
export type AnswerKey = Pick<Task, 'question' | 'choices' | 'answer' | 'answerType' | 'tolerance'>

/**
 * The result of comparing a given answer with the true one. `unlike` means other words: only somebody who understands
 * them can say whether they mean the same. `reason` is a stable snake_case code, `detail` is for a person.
 */
export type Ruling =
  | { kind: 'right' }
  | { kind: 'wrong'; reason: string; detail: string }
  | { kind: 'unlike'; detail: string }

/** Reads a given answer against the true one. In doubt the answer is wrong. */
export type Compare = (given: string, task: AnswerKey) => Ruling

export const right: Ruling = { kind: 'right' }

export const wrong = (given: string, task: AnswerKey, reason = 'wrong'): Ruling => ({
  kind: 'wrong',
  reason,
  detail: sideBySide(given, task),
})

export const unlike = (given: string, task: AnswerKey): Ruling => ({
  kind: 'unlike',
  detail: sideBySide(given, task),
})

/** The true answer is not what its type says: nothing is right. */
export const noTruth = ({ answer }: AnswerKey, what: string): Ruling => ({
  kind: 'wrong',
  reason: 'no_truth',
  detail: `the true answer ${JSON.stringify(answer)} ${what}`,
})

const sideBySide = (given: string, { answer }: AnswerKey): string =>
  `answered ${JSON.stringify(given)}, right is ${JSON.stringify(answer)}`
