import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerKey } from '../../answers/compare/key.ts'
import { compareAnswer } from '../../answers/compare.ts'
import { answer } from '../../checks/answer.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { trajectory } from '../fixtures.ts'

const key = (changes: Partial<AnswerKey>): AnswerKey => ({
  question: 'What is it?',
  choices: null,
  answer: '5',
  answerType: 'text',
  tolerance: null,
  ...changes,
})

const verdict = (given: string, task: AnswerKey) => {
  const compared = compareAnswer(given, task)
  return 'reason' in compared ? compared.reason : compared.kind === 'same' ? 'right' : compared.kind
}

type Row = [given: string, answer: string, expected: string, changes?: Partial<AnswerKey>]
const judgements = (answerType: AnswerKey['answerType'], rows: Row[]) =>
  test.each(rows)('%j for %j is %s', (given, answer, expected, changes = {}) => {
    expect(verdict(given, key({ answer, answerType, ...changes }))).toBe(expected)
  })

const density = { question: 'What is its population density in people per square kilometre of total area?' }
const length = { question: 'How long is the river, in km?' }
const within = { tolerance: 0.01 }

describe('a number', () => {
  judgements('number', [
    ['12', '12', 'right'],
    [' 12. ', '12', 'right'],
    ['**12**', '12', 'right'],
    ['"12"', '12', 'right'],
    ['(12)', '12', 'right'],
    ['$12$', '12', 'right'],
    ['\\boxed{12}', '12', 'right'],
    ['= 12', '12', 'right'],
    ['Answer: 12', '12', 'right'],
    ['The final answer is 12.', '12', 'right'],
    ['12.0', '12', 'right'],
    ['+12', '12', 'right'],
    ['１２', '12', 'right'],
    ['twelve', '12', 'right'],
    ['Minus two', '-2', 'right'],
    ['12', '112', 'wrong'],
    ['112', '12', 'wrong'],
    ['1.5', '15', 'wrong'],
    ['15', '1.5', 'wrong'],
    ['12.4', '12', 'wrong'],
    ['-12', '12', 'wrong'],
    ['−12', '-12', 'right'],
    ['– 12', '-12', 'right'],
    ['not 5', '5', 'not_a_number'],
    ['5 or 6', '5', 'not_a_number'],
    ['5-6', '5', 'not_a_number'],
    ['5 to 6', '5', 'not_a_number'],
    ['5, 6', '5', 'not_a_number'],
    ['5 6', '5', 'not_a_number'],
    ['5 ± 1', '5', 'not_a_number'],
    ['5+', '5', 'not_a_number'],
    ['5!', '5', 'not_a_number'],
    ['> 5', '5', 'not_a_number'],
    ['at least 5', '5', 'not_a_number'],
    ['5²', '52', 'not_a_number'],
    ['5²', '25', 'not_a_number'],
    ['1/2/5', '0.5', 'not_a_number'],
    ['5 (five)', '5', 'not_a_number'],
    ['12:30', '12', 'not_a_number'],
    ['twenty five', '25', 'right'],
    ['NaN', '5', 'not_a_number'],
    ['Infinity', '5', 'not_a_number'],
    ['undefined', '0', 'not_a_number'],
    ['none', '0', 'not_a_number'],
    ['1e999999999', '5', 'not_a_number'],
    ['I think it is 5', '5', 'not_a_number'],
    ['The answer is not 5', '5', 'not_a_number'],
    ['', '5', 'empty'],
    [' \n', '5', 'empty'],
    ['5'.repeat(301), '5', 'too_long'],
    ['1,000', '1000', 'right'],
    ['1000', '1,000', 'right'],
    ['1 000 000', '1000000', 'right'],
    ["1'000", '1000', 'right'],
    ['1.000', '1,000', 'wrong'],
    ['1,000', '1.000', 'wrong'],
    ['1.000.000', '1000000', 'not_a_number'],
    ['1,00', '100', 'not_a_number'],
    ['3,5', '3.5', 'not_a_number'],
    ['0,123', '123', 'not_a_number'],
    ['1,2345', '12345', 'not_a_number'],
    ['1 0005', '10005', 'not_a_number'],
    ['.5', '0.5', 'right'],
    ['0.50', '0.5', 'right'],
    ['3/4', '0.75', 'right'],
    ['0.75', '3/4', 'right'],
    ['1 1/2', '1.5', 'right'],
    ['1½', '1.5', 'right'],
    ['1½', '5.5', 'wrong'],
    ['1 3/2', '2.5', 'not_a_number'],
    ['3/0', '0', 'not_a_number'],
    ['2/3', '0.67', 'right'],
    ['0.67', '2/3', 'wrong'],
    ['1.2e3', '1200', 'right'],
    ['1.2 x 10^3', '1200', 'right'],
    ['1.2×10³', '1200', 'right'],
    ['1.2 * 10**3', '1200', 'right'],
    ['1.2e-3', '0.0012', 'right'],
    ['1.2 x 103', '1200', 'not_a_number'],
    ['1.267 million', '1267000', 'right'],
    ['5k', '5000', 'right'],
    ['5K', '5000', 'not_a_number'],
    ['5M', '5000000', 'other_unit'],
    ['21.6', '21.6', 'right'],
    ['21.57', '21.6', 'right'],
    ['21.5649', '21.6', 'right'],
    ['21.55', '21.6', 'wrong'],
    ['21.65', '21.6', 'wrong'],
    ['21.5', '21.6', 'wrong'],
    ['22', '21.6', 'wrong'],
    ['101', '100', 'right', within],
    ['99', '100', 'right', within],
    ['101.0001', '100', 'wrong', within],
    ['-100', '100', 'wrong', within],
    ['0', '0', 'right', within],
    ['0.001', '0', 'wrong', within],
    ['about 5', '5', 'hedged'],
    ['about 100', '100', 'right', within],
    ['~101', '100', 'right', within],
    ['7 circles', '7', 'right', { question: 'How many circles are in the image?' }],
    ['7 circle', '7', 'right', { question: 'How many circles are in the image?' }],
    ['7 squares', '7', 'other_unit', { question: 'How many circles are in the image?' }],
    ['7 fewer', '7', 'other_unit', { question: 'How many more or fewer circles are there?' }],
    ['21.6 people per km²', '21.6', 'right', density],
    ['21.6 people/km^2', '21.6', 'right', density],
    ['21.6 people per square mile', '21.6', 'other_unit', density],
    ['5 km', '5', 'right', length],
    ['5 kilometers', '5 km', 'right'],
    ['5', '5 km', 'right'],
    ['5 m', '5 km', 'wrong'],
    ['5 m', '5', 'wrong', length],
    ['5 miles', '5', 'wrong', length],
    ['5 km', '5', 'right'],
    ['8px', '8', 'right', { question: 'How wide is the image, in pixels?' }],
    ['$1,200', '1200', 'right'],
    ['1,200 dollars', '$1,200', 'right'],
    ['€1,200', '$1,200', 'other_unit'],
    ['-$5', '-5', 'right'],
    ['$-5', '-5', 'right'],
    ['25%', '25', 'right', { question: 'What percentage is red?' }],
    ['25 percent', '25%', 'right'],
    ['25', '25%', 'right'],
    ['0.25', '25%', 'wrong'],
    ['25%', '0.25', 'right', { question: 'Which fraction is red?' }],
    ['0.25%', '0.25', 'wrong', { question: 'Which fraction is red?' }],
    ['20 °C', '20', 'right', { question: 'How warm is it, in degrees Celsius?' }],
    ['20 °F', '20', 'other_unit', { question: 'How warm is it, in degrees Celsius?' }],
    ['12:30', '12:30', 'right'],
    ['5/', '5', 'not_a_number'],
    ['B', '5', 'right', { choices: ['6', '5'] }],
    ['A', '5', 'wrong', { choices: ['6', '5'] }],
    ['C', '5', 'not_a_number', { choices: ['6', '5'] }],
    ['5', '5', 'right', { choices: ['6', '5'] }],
    ['12.30', '12:30', 'wrong'],
    ['007', '7', 'right'],
  ])
})

const pairs = {
  question: 'How many rows and columns are in the table? Answer with a pair (row,column), e.g. (5,6).',
}
const coast = {
  question: "Which has the longer coast, left or right, and by how many kilometres? Answer as 'left N'.",
}

describe('a text', () => {
  judgements('text', [
    ['Paris', 'Paris', 'right'],
    ['  PARIS. ', 'Paris', 'right'],
    ['“Paris”', 'Paris', 'right'],
    ['Ｐａｒｉｓ', 'Paris', 'right'],
    ['Paris\u200b', 'Paris', 'right'],
    ['the Netherlands', 'Netherlands', 'right'],
    ['Netherlands', 'The Netherlands', 'right'],
    ['Bogotá', 'Bogota', 'right'],
    ['N’Djamena', "N'Djamena", 'right'],
    ['Washington, D.C', 'Washington, D.C.', 'right'],
    ['Washington D.C.', 'Washington, D.C.', 'right'],
    ['The answer is Paris.', 'Paris', 'right'],
    ['The answer is not Paris', 'Paris', 'unlike'],
    ['not Paris', 'Paris', 'unlike'],
    ['Paris or London', 'Paris', 'unlike'],
    ['Paris, London', 'Paris', 'unlike'],
    ['Paris, France', 'Paris', 'unlike'],
    ['Par is', 'Paris', 'unlike'],
    ['Congo', 'Congo (Kinshasa)', 'unlike'],
    ['?', '?', 'right'],
    ['...', 'Paris', 'unlike'],
    ['a', 'A', 'right'],
    ['x2', 'x²', 'wrong'],
    ['x^2', 'x²', 'right'],
    ['x', 'x̄', 'wrong'],
    ['-5', '5', 'wrong'],
    ['5!', '5', 'wrong'],
    ['3.10', '3.1', 'wrong'],
    ['3.12', '3.1', 'wrong'],
    ['1,000', '1000', 'right'],
    ['(5,6)', '(5,6)', 'right'],
    ['(5, 6)', '(5,6)', 'right'],
    ['5, 6', '(5,6)', 'right'],
    ['5 6', '(5,6)', 'wrong'],
    ['5x6', '(5,6)', 'right'],
    ['5 × 6', '(5,6)', 'right'],
    ['5 by 6', '(5,6)', 'right'],
    ['5 and 6', '(5,6)', 'right'],
    ['5 or 6', '(5,6)', 'wrong'],
    ['(6,5)', '(5,6)', 'wrong'],
    ['[5,6]', '(5,6)', 'wrong'],
    ['56', '(5,6)', 'wrong'],
    ['5.6', '(5,6)', 'wrong'],
    ['(5,6,7)', '(5,6)', 'wrong'],
    ['(5,)', '(5,6)', 'wrong'],
    ['(-5,6)', '(5,6)', 'wrong'],
    ['1234', '(1,234)', 'wrong'],
    ['[0,1)', '[0,1]', 'wrong'],
    ['5 rows and 6 columns', '(5,6)', 'right', pairs],
    ['5 rows, 6 columns', '(5,6)', 'right', pairs],
    ['5 rows x 6 columns', '(5,6)', 'right', pairs],
    ['rows: 5, columns: 6', '(5,6)', 'right', pairs],
    ['6 columns and 5 rows', '(5,6)', 'right', pairs],
    ['6 rows and 5 columns', '(5,6)', 'wrong', pairs],
    ['5 columns and 6 rows', '(5,6)', 'wrong', pairs],
    ['5 rows and 6 rows', '(5,6)', 'wrong', pairs],
    ['5 cats and 6 dogs', '(5,6)', 'wrong', pairs],
    ['5 rows and 6 columns', '(5,6)', 'wrong', { question: 'How many columns and rows? Say (row,column).' }],
    ['left 2679', 'left 2679', 'right', coast],
    ['Left 2,679', 'left 2679', 'right', coast],
    ['left, 2679', 'left 2679', 'right', coast],
    ['left: 2679 km', 'left 2679', 'right', coast],
    ['left by 2,679 kilometres', 'left 2679', 'right', coast],
    ['left (2679)', 'left 2679', 'right', coast],
    ['left 2679 miles', 'left 2679', 'unlike', coast],
    ['left 2679 right', 'left 2679', 'unlike', coast],
    ['left 2679 or right 5', 'left 2679', 'wrong', coast],
    ['right 2679', 'left 2679', 'unlike', coast],
    ['left 267', 'left 2679', 'wrong', coast],
    ['left -2679', 'left 2679', 'wrong', coast],
    ['left', 'left 2679', 'wrong', coast],
    ['2679', 'left 2679', 'unlike', coast],
    ['right 67.5', 'right 67.5', 'right', coast],
    ['right 67.5 km', 'right 67.5', 'right', coast],
    ['right 675', 'right 67.5', 'wrong', coast],
    ['right 67.6', 'right 67.5', 'wrong', coast],
    ['right 67.6', 'right 67.5', 'right', { ...coast, ...within }],
    ['left 67.5', 'right 67.5', 'unlike', { ...coast, ...within }],
    ['\ufffd', 'Paris', 'unlike'],
    ['B', 'Paris', 'right', { choices: ['London', 'Paris'] }],
    ['A', 'Paris', 'wrong', { choices: ['London', 'Paris'] }],
  ])
})

const colours = { choices: ['red', 'green', 'blue', 'dark blue'] }
const letters = { choices: ['B', 'A', 'C'] }
const own = { choices: ['A. cat', 'B. dog'] }

describe('a choice', () => {
  judgements('choice', [
    ['green', 'green', 'right', colours],
    ['Green.', 'green', 'right', colours],
    ['the green', 'green', 'right', colours],
    ['B', 'green', 'right', colours],
    ['b', 'green', 'right', colours],
    ['(B)', 'green', 'right', colours],
    ['B.', 'green', 'right', colours],
    ['B)', 'green', 'right', colours],
    ['[b]', 'green', 'right', colours],
    ['**B**', 'green', 'right', colours],
    ['Option B', 'green', 'right', colours],
    ['Answer: B', 'green', 'right', colours],
    ['B. green', 'green', 'right', colours],
    ['(B) green', 'green', 'right', colours],
    ['B: green', 'green', 'right', colours],
    ['B - green', 'green', 'right', colours],
    ['A. green', 'green', 'ambiguous', colours],
    ['B. red', 'green', 'ambiguous', colours],
    ['B. because it is', 'green', 'no_option', colours],
    ['B or C', 'green', 'no_option', colours],
    ['A, B', 'green', 'no_option', colours],
    ['not green', 'green', 'no_option', colours],
    ['green or blue', 'green', 'no_option', colours],
    ['greenish', 'green', 'no_option', colours],
    ['blue', 'dark blue', 'wrong', colours],
    ['dark blue', 'blue', 'wrong', colours],
    ['A', 'green', 'wrong', colours],
    ['E', 'green', 'no_option', colours],
    ['2', 'green', 'no_option', colours],
    ['yellow', 'green', 'no_option', colours],
    ['green', 'B', 'right', colours],
    ['B', 'B', 'right', colours],
    ['B', 'B', 'ambiguous', letters],
    ['A', 'B', 'ambiguous', letters],
    ['C', 'C', 'right', letters],
    ['A', 'A. cat', 'right', own],
    ['cat', 'A. cat', 'right', own],
    ['A. cat', 'A. cat', 'right', own],
    ['dog', 'A. cat', 'wrong', own],
    ['A', 'A. cat', 'ambiguous', { choices: ['B. dog', 'A. cat'] }],
    ['5', '5', 'right', { choices: ['6', '3', '5', '4'] }],
    ['5.0', '5', 'right', { choices: ['6', '3', '5', '4'] }],
    ['C', '5', 'right', { choices: ['6', '3', '5', '4'] }],
    ['-5', '5', 'wrong', { choices: ['5', '-5'] }],
    ['1.5', '15', 'wrong', { choices: ['15', '1.5'] }],
    ['0.5', '1/2', 'wrong', { choices: ['1/2', '0.5'] }],
    ['.5', '1/2', 'ambiguous', { choices: ['1/2', '0.5'] }],
    ['ano', 'año', 'wrong', { choices: ['año', 'ano'] }],
    ['x2', 'x²', 'wrong', { choices: ['x²', 'x2'] }],
    ['red', 'red', 'right', { choices: ['red', 'red', 'blue'] }],
    ['A dog', 'dog', 'right', { choices: ['cat', 'dog'] }],
    ['', 'green', 'empty', colours],
    ['purple', 'purple', 'no_truth', colours],
  ])
})

describe('a boolean', () => {
  judgements('boolean', [
    ['true', 'true', 'right'],
    ['True.', 'true', 'right'],
    ['yes', 'true', 'right'],
    ['Yes', 'yes', 'right'],
    ['NO', 'false', 'right'],
    ['The statement is false', 'false', 'right'],
    ['The answer is yes', 'true', 'right'],
    ['false', 'true', 'wrong'],
    ['no', 'yes', 'wrong'],
    ['not true', 'false', 'right'],
    ['true or false', 'true', 'not_a_boolean'],
    ['yes and no', 'true', 'not_a_boolean'],
    ['untrue', 'true', 'not_a_boolean'],
    ['1', 'true', 'not_a_boolean'],
    ['maybe', 'false', 'not_a_boolean'],
    ['A', 'true', 'right', { choices: ['true', 'false'] }],
    ['B', 'true', 'wrong', { choices: ['true', 'false'] }],
    ['A', 'true', 'not_a_boolean'],
  ])
})

test('an answer is itself, however it reads', () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(text => text.trim() !== '')
  const answerType = fc.constantFrom<AnswerKey['answerType']>('text', 'number', 'boolean')
  fc.assert(
    fc.property(line, answerType, (answer, answerType) => {
      expect(verdict(answer, key({ answer, answerType }))).toBe('right')
    }),
  )
})

test('formatting around an answer changes nothing', () => {
  const formats = fc.constantFrom<(text: string) => string>(
    text => ` ${text}\n`,
    text => `${text}.`,
    text => `"${text}"`,
    text => `**${text}**`,
    text => text.toUpperCase(),
    text => `Answer: ${text}`,
    text => `(${text})`,
  )
  const words = fc.stringMatching(/^[b-z]{2,8}( [b-z]{2,8})?$/)
  const number = fc.integer({ min: -1e9, max: 1e9 }).map(String)
  fc.assert(
    fc.property(formats, words, number, (format, word, number) => {
      expect(verdict(format(word), key({ answer: word }))).toBe('right')
      expect(verdict(format(number), key({ answer: number, answerType: 'number' }))).toBe('right')
    }),
  )
})

test('two different whole numbers are never the same, however they are written', () => {
  const written = (value: number) =>
    fc.constantFrom(
      String(value),
      value.toLocaleString('en'),
      value.toExponential(),
      `${value} km`,
      `${value}.0`,
    )
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), fc.gen(), (value, off, draw) => {
      const given = draw(() => written(value + off))
      expect(
        verdict(
          draw(() => written(value)),
          key({ answer: `${value}`, answerType: 'number' }),
        ),
      ).toBe('right')
      expect(verdict(given, key({ answer: `${value}`, answerType: 'number' }))).toBe('wrong')
    }),
  )
})

test('a number is inside its tolerance exactly when its distance is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 200 }), (value, thousandths) => {
      const given = `${value}.${'0'.repeat(5)}` // exact digits, so that the expectation needs no floating point
      const moved = (BigInt(value) * 1000n + BigInt(value * thousandths)).toString().padStart(4, '0')
      const claim = `${moved.slice(0, -3)}.${moved.slice(-3)}`
      const task = key({ answer: given, answerType: 'number', tolerance: 0.1 })
      expect(verdict(claim, task)).toBe(thousandths <= 100 ? 'right' : 'wrong')
    }),
  )
})

describe('answer', () => {
  const failing = trajectory({ outcome: { kind: 'answered', answer: '9' } })
  checkConformance(async use => use({ check: answer(), context: noContext, passing: trajectory(), failing }))
})

test.each([
  ['a right answer', {}, { passed: true, reason: '' }],
  ['a wrong one', { outcome: { kind: 'answered', answer: '9' } }, { passed: false, reason: 'wrong' }],
  [
    'no answer',
    { outcome: { kind: 'stopped', by: 'turns' } },
    { reason: 'unsolved', detail: 'stopped by turns' },
  ],
  [
    'a fault',
    { outcome: { kind: 'failed', at: 'teacher', message: 'HTTP 503' } },
    { reason: 'unsolved', detail: 'failed at teacher: HTTP 503' },
  ],
] as const)('%s is measured as what it is', async (_, changes, expected) => {
  expect(await answer().measure(trajectory(changes), noContext)).toMatchObject(expected)
})
