import { expect, test } from 'vitest'
import { alignment } from '../../../pipeline/compare/alignment.ts'

const name = (task: string, teacher = 'one', sample = 0) => ({ task, teacher, sample })

test.each([
  ['another task', name('b')],
  ['another teacher', name('a', 'two')],
  ['another sample', name('a', 'one', 1)],
  ['a task that looks like the teacher of another', name('a","one', '')],
])('a row is not aligned with one of %s', (_, other) => {
  const rows = alignment<string>()
  rows.put(name('a'), 'row')
  expect(rows.take(other)).toBeUndefined()
  expect(rows.take(name('a'))).toBe('row')
  expect(rows.take(name('a'))).toBeUndefined()
})

test('rows of one name are taken in their order, each once, and the rest is left', () => {
  const rows = alignment<number>()
  for (const number of [1, 2, 3]) rows.put(name('twice'), number)
  rows.put(name('once'), 4)
  expect([rows.take(name('twice')), rows.take(name('twice'))]).toEqual([1, 2])
  expect([...rows.left()]).toEqual([3, 4])
})
