import { fail, type Measurement } from '../../schemas/measurement.ts'
import type { Task } from '../../schemas/task.ts'

/** What of a task says which answer is right. */
export type AnswerKey = Pick<Task, 'question' | 'choices' | 'answer' | 'answerType' | 'tolerance'>

/** Reads a given answer against the true one. In doubt the answer is wrong. */
export type Compare = (given: string, task: AnswerKey) => Measurement

/** Other words than the true ones: whether they mean the same, only somebody who understands them can say. */
export const unlike = (given: string, task: AnswerKey): Measurement => wrong(given, task, 'unlike')
export const isUndecided = ({ reason }: Pick<Measurement, 'reason'>): boolean => reason === 'unlike'

export const wrong = (given: string, task: AnswerKey, reason = 'wrong'): Measurement =>
  fail(reason, `answered ${JSON.stringify(given)}, right is ${JSON.stringify(task.answer)}`)
