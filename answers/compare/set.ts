import { itemsOf } from '../reading/items.ts'
import { lettered } from './choice.ts'
import { type AnswerKey, type Compare, right, wrong } from './key.ts'
import { sameNumber } from './number.ts'
import { folded } from './text.ts'

/**
 * Compares lists by their items, in any order, each as often, as words or as plain numbers. If there are choices, their
 * letters count too.
 */
export const compareSet: Compare = (given, task) => {
  const [claim, truth] = [readItems(given, task), readItems(task.answer, task)]
  if (claim.length === 0) return wrong(given, task, 'not_a_list')
  const same = claim.length === truth.length && truth.every(item => times(item, claim) === times(item, truth))
  return same ? right(given, task) : wrong(given, task)
}

const times = (item: string, items: string[]): number => items.filter(other => sameItem(item, other)).length

const readItems = (text: string, { choices }: AnswerKey): string[] =>
  itemsOf(text).map(item => lettered(item, choices ?? []) ?? item)

const sameItem = (a: string, b: string): boolean => folded(a) === folded(b) || sameNumber(a, b)
