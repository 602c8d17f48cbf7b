import { expect, test } from 'vitest'
import { chanceOf } from '../../../pipeline/compare/chance.ts'

// From the binomial distribution with p = 1/2: twice the tail up to the smaller number, counted by hand or exact.
test.each([
  [0, 0, 1],
  [1, 0, 1],
  [5, 0, 2 / 32],
  [0, 6, 2 / 64],
  [3, 3, 1],
  [1, 9, (2 * (1 + 10)) / 1024],
  [2, 8, (2 * (1 + 10 + 45)) / 1024],
])('%i better and %i worse are chance with %d', (better, worse, p) => {
  expect(chanceOf(better, worse)).toBeCloseTo(p, 12)
  expect(chanceOf(worse, better)).toBeCloseTo(p, 12)
})

test('thousands of pairs are no trouble', () => {
  expect(chanceOf(10_000, 10_000)).toBe(1)
  // 200 of 20,000 apart is √2 standard deviations; the tail beyond it is that of the normal distribution.
  expect(chanceOf(9_900, 10_100)).toBeCloseTo(0.159, 2)
  expect(chanceOf(9_000, 11_000)).toBeLessThan(1e-40)
})
