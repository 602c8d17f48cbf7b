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

/** What a stored conversation shows is compared with what comes out when it is run again. */
const recorded: [string, string][] = [
  ['0.1 + 0.2', '0.3'],
  ['(0.1 + 0.2) - 0.3', '5.55111512312578e-17'],
  ['1e16 + 1 - 1e16', '0'],
  ['sin(pi)', '1.22464679914735e-16'],
  ['cos(pi / 2)', '6.12323399573677e-17'],
  ['tan(pi / 4)', '1'],
  ['1 / 3', '0.333333333333333'],
  ['2 / 3 * 3', '2'],
  ['-7 % 3', '-1'],
  ['7 % -3', '1'],
  ['-(7 % 3)', '-1'],
  ['5.5 % 2', '1.5'],
  ['7 - 4 % 3 * 2', '5'],
  ['2^-1', '0.5'],
  ['2^--1', '2'],
  ['2^+3', '8'],
  ['-2^2', '-4'],
  ['(-2)^2', '4'],
  ['-2^-2', '-0.25'],
  ['2^3^2', '512'],
  ['(2^3)^2', '64'],
  ['4^.5', '2'],
  ['0^0', '1'],
  ['-0', '0'],
  ['0 * -5', '0'],
  ['--3', '3'],
  ['-+-3', '3'],
  ['2 - -3', '5'],
  ['2--3', '5'],
  ['2*-3', '-6'],
  ['2/-4', '-0.5'],
  ['1 - 2 - 3', '-4'],
  ['100 / 10 / 5', '2'],
  ['2 * 3 % 4', '2'],
  ['1e3 + 1E-3', '1000.001'],
  ['5.', '5'],
  ['.5', '0.5'],
  ['3.*2', '6'],
  ['2^53', '9007199254740990'],
  ['2^53 + 1', '9007199254740990'],
  ['123456789 * 987654321', '121932631112635000'],
  ['1e308 * 10 - 1', 'The expression has no finite value: it divides by zero, overflows, or is undefined.'],
  ['1e300', '1e+300'],
  ['1e21', '1e+21'],
  ['1e-7', '1e-7'],
  ['0.1 ^ 20', '1e-20'],
  ['10 / 4', '2.5'],
  ['22 / 7', '3.14285714285714'],
  ['max(3)', '3'],
  ['MIN(2, 1, 3)', '1'],
  ['max(1, max(2, 3), -4)', '3'],
  ['round(2.5)', '3'],
  ['round(-2.5)', '-2'],
  ['floor(-1.5)', '-2'],
  ['ceil(1.2)', '2'],
  ['abs(-3)', '3'],
  ['exp(1)', '2.71828182845905'],
  ['ln(E)', '1'],
  ['log10(1000)', '3'],
  ['sqrt(2)', '1.4142135623731'],
  ['PI * 2', '6.28318530717959'],
  ['2 × 3 ÷ 4 − 1', '0.5'],
  ['2 ×× 3', '8'],
  ['((((1))))', '1'],
  [' 1 +\n2 ', '3'],
  ['sin(1)^2 + cos(1)^2', '1'],
  ['50%', 'The expression is not complete.'],
  ['50%2', '0'],
  ['2(3)', '"(" at character 2 is out of place.'],
  ['2pi', '"pi" at character 2 is out of place.'],
  ['(1)(2)', '"(" at character 4 is out of place.'],
  ['x + 1', '"x" at character 1 is out of place.'],
  ['foo(1)', '"foo" at character 1 is out of place.'],
  ['max()', '")" at character 5 is out of place.'],
  ['max(1,)', '")" at character 7 is out of place.'],
  ['sin', 'The expression is not complete.'],
  ['sin()', '")" at character 5 is out of place.'],
  ['pi(2)', '"(" at character 3 is out of place.'],
  ['1 +', 'The expression is not complete.'],
  ['* 2', '"*" at character 1 is out of place.'],
  ['()', '")" at character 2 is out of place.'],
  [')', '")" at character 1 is out of place.'],
  ['1)', '")" at character 2 is out of place.'],
  ['1..2', '".2" at character 3 is out of place.'],
  ['1.2.3', '".3" at character 4 is out of place.'],
  ['1e', '"e" at character 2 is out of place.'],
  ['$5', '"$" at character 1 is not understood.'],
  ['5 €', '"€" at character 3 is not understood.'],
  ['2 = 2', '"=" at character 3 is not understood.'],
  ['2!', '"!" at character 2 is not understood.'],
  ['1_000', '"_" at character 2 is not understood.'],
  ['ln(0)', 'The expression has no finite value: it divides by zero, overflows, or is undefined.'],
  ['0/0', 'The expression has no finite value: it divides by zero, overflows, or is undefined.'],
  ['é', '"é" at character 1 is not understood.'],
  ['2 ** ', 'The expression is not complete.'],
  ['1,2', '"," at character 2 is out of place.'],
  ['sqrt(4', 'The expression is not complete.'],
  ['two', '"two" at character 1 is out of place.'],
]
test.each(recorded)('%j gives %j, as it did in earlier runs', async (expression, expected) => {
  await using given = await shown()
  const said = async () => (await calculator().run({ expression }, given.context)).parts
  const text = await said().catch((error: ToolError) => [{ type: 'text', text: error.message }])
  expect(text).toEqual([{ type: 'text', text: expected }])
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

test('what teachers are told of it stays what stored rollouts were asked with', () => {
  const { description, args } = calculator()
  expect({ description, args: JSON.parse(JSON.stringify(args)) }).toEqual({
    description: 'Calculate the value of an arithmetic expression, with angles in radians.',
    args: {
      type: 'object',
      required: ['expression'],
      additionalProperties: false,
      properties: {
        expression: {
          type: 'string',
          description:
            'Numbers with + - * / % (remainder) ^ and parentheses, pi, e, abs, ceil, cos, exp, floor, ln, log10, max, min, round, sin, sqrt, tan.',
        },
      },
    },
  })
})
