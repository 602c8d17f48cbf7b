import type { Task } from '../../schemas/task.ts'
import { fail, type Measurement } from '../check.ts'

/** What of a task says which answer is right. */
export type AnswerKey = Pick<Task, 'question' | 'choices' | 'answer' | 'answerType' | 'tolerance'>

/** Reads a given answer against the true one. In doubt the answer is wrong. */
export type Compare = (given: string, task: AnswerKey) => Measurement

export const wrong = (given: string, task: AnswerKey, reason = 'wrong'): Measurement =>
  fail(reason, `answered ${JSON.stringify(given)}, right is ${JSON.stringify(task.answer)}`)
