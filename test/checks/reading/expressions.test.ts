import { expect, test } from 'vitest'
import { expressionsIn } from '../../../checks/reading/expressions.ts'

test.each<[string, string[]]>([
  ['4 * 2 = 8', ['4 * 2 = 8']],
  ['so 4 kg cost 4 * $2 = $8.', ['4 * 2 = 8']],
  ['$9.08/lb * 4 lb', ['9.08 * 4 = 36.32']],
  ['$3 per kg * 4.6 kg', ['3 * 4.6 = 13.8']],
  ['S13 + S11', ['13 + 11 = 24']],
  ['4 m x 5 m', ['4 * 5 = 20']],
  ['3 square feet + 4 square feet', ['3 + 4 = 7']],
  ['1,200 + 300', ['1200 + 300 = 1500']],
  ['(3 + 9/10) * 5', ['( 3 + 9 / 10 ) * 5 = 19.5']],
  ['2 1/2 * 4', ['2 1 / 2 * 4 = 10']],
  ['2(3 + 4)', ['2 ( 3 + 4 ) = 14']],
  ['$\\frac{12+30}{2}$', ['( ( 12 + 30 ) / ( 2 ) ) = 21']],
  ['$5\\cdot11\\cdot24$', ['5 * 11 * 24 = 1320']],
  ['30 − 12', ['30 - 12 = 18']],
  ['25% of 80', ['25% * 80 = 20']],
  ['- 4 * 2', ['4 * 2 = 8']],
  ['* 4 * 2', ['4 * 2 = 8']],
  ['**12 + 5**', ['12 + 5 = 17']],
  ['(4 * 2 = 8)', ['4 * 2 = 8']],
  ['4 * 2 and 3 + 1', ['4 * 2 = 8', '3 + 1 = 4']],
  ['3 apples and 4 pears', []],
  ['3, 4 and 5', []],
  ['4 / 0', []],
  ['9^9^9^9', []],
  ['a + b', []],
])('%j writes out %j', (text, expected) => {
  const found = expressionsIn(text).map(({ written, value }) => `${written} = ${Number(value.toFixed(3))}`)
  expect(found).toEqual(expected)
})

test('a text of nothing but numbers is read in bounded pieces', () => {
  expect(expressionsIn('3 + 4; '.repeat(5000)).length).toBe(200)
  expect(expressionsIn(`3${' + 4'.repeat(5000)}`).every(({ operands }) => operands.length <= 60)).toBe(true)
})
