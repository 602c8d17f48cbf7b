import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerKey } from '../../answers/compare/key.ts'
import { isRight } from '../../answers/compare.ts'
import { heldOut } from './answer-pairs/held-out.ts'
import { type Pair, pairsOf, type Trap } from './answer-pairs/trap.ts'
import { keyOf, traps } from './answer-pairs/traps.ts'

const accepts = (trap: Trap, [given, answer]: Pair) => isRight(given, keyOf(trap, answer))

describe('no wrong answer is accepted and no right one refused', () => {
  test.each([...traps, ...heldOut].map(trap => [`${trap.type}: ${trap.trap}`, trap] as const))(
    '%s',
    (_, trap) => {
      expect(pairsOf(trap.wrong).filter(pair => accepts(trap, pair))).toEqual([])
      expect(pairsOf(trap.right).filter(pair => !accepts(trap, pair))).toEqual([])
    },
  )
})

test('there are enough traps of every type, and no pair is there twice', () => {
  const pairs = traps.flatMap(trap =>
    pairsOf([...trap.right, ...trap.wrong]).map(pair => JSON.stringify([trap.trap, pair])),
  )
  expect(new Set(pairs).size).toBe(pairs.length)
  expect(pairs.length).toBeGreaterThan(400)
  expect(new Set(traps.map(trap => trap.type)).size).toBe(7)
})

const everyPair = [...traps, ...heldOut].flatMap(trap =>
  pairsOf([...trap.right, ...trap.wrong]).map(pair => ({ trap, pair })),
)

test('an answer is itself, whatever its type', () => {
  const own = everyPair.filter(
    ({ trap: { type, choices }, pair: [, answer] }) => choices?.includes(answer) ?? type !== 'choice',
  )
  const refused = own.filter(({ trap, pair: [, answer] }) => !accepts(trap, [answer, answer]))
  expect(refused.map(({ pair }) => pair[1])).toEqual([])
})

/** Numbers are not here: they round to the precision of the true one, and `5` may stand for `5 km`, not the other way. */
test('whether two answers are the same does not depend on which is the true one', () => {
  const both = everyPair.filter(({ trap, pair: [given] }) => {
    const { type, question, choices, tolerance } = trap
    return type !== 'number' && !question && !choices && !tolerance && accepts(trap, [given, given])
  })
  const uneven = both.filter(({ trap, pair: [a, b] }) => accepts(trap, [a, b]) !== accepts(trap, [b, a]))
  expect(uneven.map(({ pair }) => pair)).toEqual([])
  expect(both.length).toBeGreaterThan(200)
})

const formats: Record<string, (text: string) => string> = {
  'white space around it': text => ` \n${text}\t`,
  'wider spaces': text => text.replaceAll(' ', '  '),
  'dollar signs': text => `$${text}$`,
  'TeX delimiters': text => `\\(${text}\\)`,
  'display delimiters': text => `\\[${text}\\]`,
  bold: text => `**${text}**`,
  'a full stop': text => `${text}.`,
  'a box': text => `\\boxed{${text}}`,
  'an introduction': text => `The answer is: ${text}`,
  'large fractions': text => text.replaceAll('\\frac', '\\dfrac'),
  'growing brackets': text =>
    text.replace(/(?<!\\|\\left)[([]/g, '\\left$&').replace(/(?<!\\|\\right)[)\]]/g, '\\right$&'),
}

test.each(Object.keys(formats))('%s changes no verdict', name => {
  const format = formats[name] ?? String
  const plain = everyPair.filter(
    ({ pair: [given] }) =>
      given.trim() !== '' && format(given).length <= 300 && !/[$*\n]|\\[[(]|\.\.$|[.?!]$/.test(given),
  )
  const changed = plain.filter(
    ({ trap, pair: [given, answer] }) =>
      accepts(trap, [format(given), answer]) !== accepts(trap, [given, answer]),
  )
  expect(changed.map(({ pair }) => pair)).toEqual([])
  expect(plain.length).toBeGreaterThan(400)
})

test('whatever is said, there is a verdict, and nonsense is not right', () => {
  const signs = fc.constantFrom(
    ...'()[]{}|^_\\/*+-±!%°.,;:=<>≤∪∖∞√$ 0123456789xyei',
    '\\frac',
    '\\sqrt',
    '\\begin{pmatrix}',
    ' or ',
    '10^',
    'sin ',
  )
  const said = fc.array(signs, { minLength: 1, maxLength: 80 }).map(parts => parts.join(''))
  const type = fc.constantFrom<AnswerKey['answerType']>('text', 'number', 'boolean', 'math', 'date', 'set')
  fc.assert(
    fc.property(said, type, (given, type) => {
      const trap = { trap: '', type, right: [], wrong: [] }
      expect(accepts(trap, [given, '7391 \\\\ quite other'])).toBe(false)
      expect(accepts(trap, ['\\frac{7391}{7}', given])).toBe(false)
    }),
    { numRuns: 2000 },
  )
})
