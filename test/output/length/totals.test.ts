import { expect, test } from 'vitest'
import { lengthCounter } from '../../../output/length/lengths.ts'
import { lengthTally } from '../../../output/length/totals.ts'

const told = (lengths: readonly number[]) => {
  const tally = lengthTally(lengthCounter({}))
  for (const length of lengths) tally.add(length)
  const { longest, p95, median } = tally.totals(lengths.length)
  return { longest, p95, median }
}

const to = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test.each([
  ['of no rows', [], { longest: 0, p95: 0, median: 0 }],
  ['of one row', [7], { longest: 7, p95: 7, median: 7 }],
  ['of two rows, the median is one that is there', [7, 9], { longest: 9, p95: 9, median: 7 }],
  ['of twenty rows, one exceeds p95', to(20), { longest: 20, p95: 19, median: 10 }],
  ['of a hundred rows, five exceed p95', to(100).reverse(), { longest: 100, p95: 95, median: 50 }],
  ['equal rows count each', [1, 1, 1, 5], { longest: 5, p95: 5, median: 1 }],
])('lengths %s', (_, lengths, expected) => {
  expect(told(lengths)).toEqual(expected)
})
