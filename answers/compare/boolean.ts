import { keyOf } from '../reading/plain.ts'
import { type Compare, right, wrong } from './key.ts'
import { compareText } from './text.ts'

const truths = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

const read = (text: string): boolean | undefined =>
  truths.get(keyOf(text).replace(/^(?:the )?(?:statement|it) is /, ''))

/** true and yes, false and no. Nothing more is read into an answer. */
export const compareBoolean: Compare = (given, task) => {
  const truth = read(task.answer)
  if (truth === undefined) return compareText(given, task)
  const claim = read(given)
  if (claim === undefined) return wrong(given, task, 'not_a_boolean')
  return claim === truth ? right : wrong(given, task)
}
