import { keyOf } from '../reading/plain.ts'
import { type Compare, right, wrong } from './key.ts'
import { compareText } from './text.ts'

const truths = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

/** What follows the word may say why, unless it says yes or no again. */
const withReason = /^(true|false|yes|no)(?:[,;:.!]| ?[(–—-]| because\b| since\b) ?(.+)$/

function read(text: string): boolean | undefined {
  const said = keyOf(text).replace(/^(?:the )?(?:statement|it) is /, '')
  const [, word, reason = ''] = withReason.exec(said) ?? []
  if (word !== undefined && !/\b(?:true|false|yes|no|not|or)\b|n't\b/.test(reason)) return truths.get(word)
  const denied = /^not (true|false)$/.exec(said)?.[1]
  return denied === undefined ? truths.get(said) : !truths.get(denied)
}

/** true and yes, false and no, with a reason or without. Nothing more is read into an answer. */
export const compareBoolean: Compare = (given, task) => {
  const truth = read(task.answer)
  if (truth === undefined) return compareText(given, task)
  const claim = read(given)
  if (claim === undefined) return wrong(given, task, 'not_a_boolean')
  return claim === truth ? right(given, task) : wrong(given, task)
}
