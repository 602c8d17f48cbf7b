import type { Task } from '../../schemas/task.ts'

/** The part of a task that says which answer is right. */
export type AnswerKey = Pick<Task, 'question' | 'choices' | 'answer' | 'answerType' | 'tolerance'>

/**
 * The result of comparing a given answer with the true one. `unlike` means other words: only somebody who understands
 * them can say whether they mean the same. `undecided` means that rules cannot tell: the true answer is not what its
 * type says, or what is to be compared takes too long or lies too close together, or there is none (`no_key`).
 * `reason` is a stable snake_case code,
 * `detail` says why to a person.
 */
export type Ruling =
  | { kind: 'same'; detail: string }
  | { kind: 'different'; reason: string; detail: string }
  | { kind: 'unlike'; detail: string }
  | { kind: 'undecided'; reason: 'undecided' | 'no_truth' | 'no_key'; detail: string }

/** Reads a given answer against the true one. In doubt the answer is wrong. */
export type Compare = (given: string, task: AnswerKey) => Ruling

export const right = (given: string, { answer }: AnswerKey): Ruling => ({
  kind: 'same',
  detail:
    given === answer ? 'it is written the same' : `${JSON.stringify(given)} is ${JSON.stringify(answer)}`,
})

export const wrong = (given: string, task: AnswerKey, reason = 'wrong'): Ruling => {
  const detail = sideBySide(given, task)
  return reason === 'undecided' ? { kind: reason, reason, detail } : { kind: 'different', reason, detail }
}

export const unlike = (given: string, task: AnswerKey): Ruling => ({
  kind: 'unlike',
  detail: sideBySide(given, task),
})

/** The true answer is not what its type says: nothing is right. */
export const noTruth = ({ answer }: AnswerKey, what: string): Ruling => ({
  kind: 'undecided',
  reason: 'no_truth',
  detail: `the true answer ${JSON.stringify(answer)} ${what}`,
})

const sideBySide = (given: string, { answer }: AnswerKey): string =>
  `answered ${JSON.stringify(given)}, right is ${JSON.stringify(answer)}`
