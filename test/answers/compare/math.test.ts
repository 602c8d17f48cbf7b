import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerKey } from '../../../answers/compare/key.ts'
import { compareAnswer, isRight } from '../../../answers/compare.ts'

const key = (answer: string): AnswerKey => ({
  question: 'What is it?',
  choices: null,
  answer,
  answerType: 'math',
  tolerance: null,
})
const accepts = (given: string, answer: string) => isRight(given, key(answer))
const reason = (given: string, answer: string) => {
  const compared = compareAnswer(given, key(answer))
  return 'reason' in compared ? compared.reason : compared.kind === 'same' ? 'right' : compared.kind
}

/** A formula that is written in two ways, and calculated here with exact fractions. */
type Formula =
  | { kind: 'whole'; value: number }
  | { kind: 'x' }
  | { kind: 'y' }
  | { kind: '+' | '-' | '*' | '/'; left: Formula; right: Formula }
  | { kind: 'square'; of: Formula }

const { formula } = fc.letrec<{ formula: Formula }>(tie => ({
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('whole' as const), value: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ kind: fc.constantFrom('x' as const, 'y' as const) }),
    fc.record({
      kind: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      left: tie('formula'),
      right: tie('formula'),
    }),
    fc.record({ kind: fc.constant('square' as const), of: tie('formula') }),
  ),
}))

function plain(of: Formula): string {
  if (of.kind === 'whole') return String(of.value)
  if (of.kind === 'x' || of.kind === 'y') return of.kind
  if (of.kind === 'square') return `(${plain(of.of)})^2`
  return `(${plain(of.left)} ${of.kind} ${plain(of.right)})`
}

/** The same in LaTeX, with the parts of sums and products the other way round. */
function latex(of: Formula): string {
  if (of.kind === 'whole') return String(of.value)
  if (of.kind === 'x' || of.kind === 'y') return of.kind
  if (of.kind === 'square') return `\\left(${latex(of.of)}\\right)^{2}`
  const [left, right] = [latex(of.left), latex(of.right)]
  if (of.kind === '/') return `\\dfrac{${left}}{${right}}`
  if (of.kind === '-') return `\\left(-${right}+${left}\\right)`
  return `\\left(${right}${of.kind === '*' ? '\\cdot ' : '+'}${left}\\right)`
}

type Fraction = [above: bigint, below: bigint]

/** Exactly; null for a division by zero. */
function exact(of: Formula, x: Fraction, y: Fraction): Fraction | null {
  if (of.kind === 'whole') return [BigInt(of.value), 1n]
  if (of.kind === 'x') return x
  if (of.kind === 'y') return y
  if (of.kind === 'square') {
    const inner = exact(of.of, x, y)
    return inner && [inner[0] ** 2n, inner[1] ** 2n]
  }
  const [left, right] = [exact(of.left, x, y), exact(of.right, x, y)]
  if (!left || !right) return null
  const [[a, b], [c, d]] = [left, right]
  if (of.kind === '*') return [a * c, b * d]
  if (of.kind === '/') return c === 0n ? null : [a * d, b * c]
  return [of.kind === '+' ? a * d + c * b : a * d - c * b, b * d]
}

const places: [Fraction, Fraction][] = [
  [
    [17n, 5n],
    [-29n, 7n],
  ],
  [
    [-101n, 3n],
    [53n, 11n],
  ],
  [
    [7n, 1000n],
    [1009n, 13n],
  ],
]

function differ(a: Formula, b: Formula): boolean {
  return places.some(([x, y]) => {
    const [left, right] = [exact(a, x, y), exact(b, x, y)]
    return left !== null && right !== null && left[0] * right[1] !== right[0] * left[1]
  })
}

const short = (of: Formula) => plain(of).length <= 250 && latex(of).length <= 250
const isDefined = (of: Formula) => places.every(([x, y]) => exact(of, x, y) !== null)

test('a formula is the same in LaTeX and plain writing, whatever the order of its parts', () => {
  fc.assert(
    fc.property(formula.filter(short).filter(isDefined), of => {
      expect(accepts(latex(of), plain(of))).toBe(true)
      expect(accepts(plain(of), latex(of))).toBe(true)
    }),
  )
})

test('two formulas that differ at a point are never the same', () => {
  fc.assert(
    fc.property(formula.filter(short), formula.filter(short), (a, b) => {
      fc.pre(differ(a, b))
      expect(accepts(plain(a), latex(b))).toBe(false)
    }),
    { numRuns: 300 },
  )
})

test('a formula with one number changed is another, wherever the number counts', () => {
  fc.assert(
    fc.property(formula.filter(short), fc.nat(), fc.integer({ min: 1, max: 9 }), (of, place, step) => {
      const changed = withNumberChanged(of, { left: place % 3 }, step)
      fc.pre(differ(of, changed))
      expect(accepts(latex(changed), plain(of))).toBe(false)
    }),
    { numRuns: 300 },
  )
})

function withNumberChanged(of: Formula, at: { left: number }, step: number): Formula {
  if (of.kind === 'whole') return at.left-- === 0 ? { ...of, value: of.value + step } : of
  if (of.kind === 'square') return { ...of, of: withNumberChanged(of.of, at, step) }
  if (!('left' in of)) return of
  return { ...of, left: withNumberChanged(of.left, at, step), right: withNumberChanged(of.right, at, step) }
}

test('whole numbers of up to forty digits are told apart to the last', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 39n }),
      fc.bigInt({ min: 1n, max: 10n ** 6n }),
      (value, off) => {
        expect(accepts(`${value}+0`, `${value}`)).toBe(true)
        expect(accepts(`${value + off}`, `${value}`)).toBe(false)
      },
    ),
  )
})

test('the items of a set may come in any order, those of a tuple may not', () => {
  const items = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(items, fc.gen(), (items, draw) => {
      const shuffled = draw(() => fc.shuffledSubarray(items, { minLength: items.length }))
      expect(accepts(`\\{${shuffled.join(', ')}\\}`, `\\{${items.join(',')}\\}`)).toBe(true)
      const sameOrder = shuffled.every((item, index) => item === items[index])
      expect(accepts(`(${shuffled.join(', ')})`, `(${items.join(',')})`)).toBe(sameOrder)
      expect(accepts(`\\{${items.slice(1).join(', ')}\\}`, `\\{${items.join(',')}\\}`)).toBe(false)
    }),
  )
})

test('what cannot be read, cannot be decided and is wrong are told apart', () => {
  expect(reason('5 apples', '5')).toBe('not_math')
  expect(reason('2^{2000}+1', '2^{2000}')).toBe('undecided')
  expect(reason('6', '5')).toBe('wrong')
  expect(reason('5', 'five apples')).toBe('no_truth')
})

test('of free text in other words nothing is decided, of everything else it is', () => {
  const text = (given: string, answer: string) =>
    compareAnswer(given, { ...key(answer), answerType: 'text' }).kind
  expect(text('the French capital', 'Paris')).toBe('unlike')
  expect(text('Paris', 'Paris')).toBe('same')
  expect(text('Apollo 12', 'Apollo 11')).toBe('different')
  expect(text('6', '5')).toBe('different')
  expect(text('five', '5')).toBe('unlike')
  expect(text(`Paris ${'!'.repeat(300)}`, 'Paris')).toBe('different')
  expect(compareAnswer('6', key('5')).kind).toBe('different')
  expect(compareAnswer('2^{2000}+1', key('2^{2000}')).kind).toBe('undecided')
})

test('a comparison that takes too many steps is undecided, and one of items that are written alike is not', () => {
  const powers = Array.from({ length: 30 }, (_, index) => `x^.${index + 10}`)
  const set = (items: string[]) => `\\{${items.join(',')}\\}`
  expect(reason(set(powers.toReversed()), set(powers))).toBe('right')
  const other = powers.map(power => `1${power}`)
  expect(reason(set(other.toReversed()), set(powers))).toBe('undecided')
})

test('what is asked is read at the beginning and at the end of a question of any length', () => {
  const given = 'The river is long. '.repeat(50_000)
  const compared = (question: string) =>
    compareAnswer('5000 m', { ...key('5'), answerType: 'number', question }).kind
  expect(compared(`${given} How long is it, in km?`)).toBe('same')
  expect(compared(`How long is it, in km? ${given}`)).toBe('same')
  expect(compared(`${given} How long is it, in m?`)).toBe('different')
})
