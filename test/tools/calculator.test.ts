import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calculate, calculator } from '../../tools/calculator.ts'
import { ToolError } from '../../tools/tool.ts'
import { shown } from './context.ts'

const values: [string, number][] = [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['2^3^2', 512],
  ['2 ** -1', 0.5],
  ['-2^2', -4],
  ['17 % 5', 2],
  ['max(1, 2, 3) - min(4, 5)', -1],
  ['SQRT(2)^2', Math.SQRT2 ** 2],
  ['sin(pi / 2) + ln(e)', 2],
  ['.5 + 5. + 1.5e2', 155.5],
  ['10 ÷ 4 × 2 − 1', 4],
]
test.each(values)('%s is %d', (expression, value) => {
  expect(calculate(expression)).toBe(value)
})

const faults: [string, RegExp][] = [
  ['', /^The expression is not complete\.$/],
  ['2 * (3', /^The expression is not complete\.$/],
  ['1,234', /^"," at character 2 is out of place\.$/],
  ['2 3', /^"3" at character 3 is out of place\.$/],
  ['sqrt(1, 2)', /^"," at character 7 is out of place\.$/],
  ['sqrt 4', /^"4" at character 6 is out of place\.$/],
  ['process.exit()', /^"\." at character 8 is not understood\.$/],
  ['constructor(1)', /^"constructor" at character 1 is out of place\.$/],
  ['1 / 0', /^The expression has no finite value/],
  ['sqrt(-1)', /^The expression has no finite value/],
  ['9^9^9', /^The expression has no finite value/],
  ['('.repeat(900), /^The expression is nested more than 100 deep\.$/],
  ['-'.repeat(900), /^The expression is nested more than 100 deep\.$/],
  ['2^'.repeat(400), /^The expression is nested more than 100 deep\.$/],
  ['1+'.repeat(600), /^The expression has 1200 characters; at most 1000 are taken\.$/],
]
test.each(faults)('%s is refused, and it is said why', (expression, says) => {
  expect(() => calculate(expression)).toThrow(ToolError)
  expect(() => calculate(expression)).toThrow(says)
})

test('sums and products are those of JavaScript', () => {
  const number = fc.integer({ min: 0, max: 999 }).map(String)
  const sign = fc.constantFrom('+', '-', '*', '/', '%', '**')
  const expressions = fc
    .array(fc.tuple(number, sign), { minLength: 1, maxLength: 6 })
    .map(pairs => `${pairs.flat().join(' ')} 7`)
  fc.assert(
    fc.property(expressions, expression => {
      const value: number = new Function(`return ${expression}`)()
      fc.pre(Number.isFinite(value))
      expect(calculate(expression)).toBe(value)
    }),
  )
})

test('whatever is asked, it gives a number or says what is wrong', () => {
  const pieces = fc.constantFrom(
    '1',
    '2.5',
    'e',
    'max',
    'ln',
    '(',
    ')',
    ',',
    '+',
    '-',
    '^',
    '%',
    ' ',
    'é',
    '😀',
    '\ud800',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
      try {
        expect(calculate(parts.join(''))).toSatisfy(Number.isFinite)
      } catch (error) {
        expect(error).toBeInstanceOf(ToolError)
        expect((error as ToolError).message).toSatisfy((message: string) => message.isWellFormed())
      }
    }),
  )
})

test('the result is shown without noise, and whole numbers in full', async () => {
  await using given = await shown()
  const say = async (expression: string) => (await calculator().run({ expression }, given.context)).parts
  expect(await say('0.1 + 0.2')).toEqual([{ type: 'text', text: '0.3' }])
  expect(await say('2^53 - 1')).toEqual([{ type: 'text', text: '9007199254740991' }])
})
