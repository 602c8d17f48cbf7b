import { expect, test } from 'vitest'
import { derivation } from '../../words/derivation.ts'
import type { Numeral } from '../../words/numerals.ts'

const claim = (value: number, changes: Partial<Numeral> = {}): Numeral => ({
  text: String(value),
  value,
  step: 1,
  percent: false,
  ...changes,
})

test.each<[number, number[], number[] | null, string | null]>([
  [42, [12, 30], [], '12 + 30'],
  [18, [30, 12], [], '30 - 12'],
  [360, [30, 12], [], '30 * 12'],
  [42, [142], [100], '142 - 100'],
  [42, [142], null, null],
  [49, [12, 30, 7], null, 'sum of 3 numbers'],
  [21, [12, 30], null, 'mean of 2 numbers'],
  [402, [12, 30], [1], null],
  [55, [12, 30, 13], [], 'sum of 3 numbers'],
  [40, [12, 30], [], '12 / 30'],
  [3, [12, 5], [], null],
])('%s from %j beside %j: %s', (value, operands, beside, how) => {
  expect(derivation(claim(value), operands, beside)).toBe(how)
})

test('of many numbers no more pairs are compared than a few hundred', () => {
  let comparisons = 0
  const counting: Numeral = {
    ...claim(0.123),
    get value() {
      comparisons += 1
      return -1e9
    },
  }
  const many = Array.from({ length: 500 }, (_, at) => at * 1.37)
  expect(derivation(counting, many, many)).toBeNull()
  expect(comparisons).toBeLessThan(20_000)
})
