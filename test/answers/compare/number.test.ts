import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRight } from '../../../answers/compare.ts'
import { inDigits } from '../../../words/number-words.ts'

const accepts = (given: string, answer: string) =>
  isRight(given, {
    question: 'How much?',
    choices: null,
    answer,
    answerType: 'number',
    tolerance: null,
  })

const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

function spelled(value: number): string {
  if (value < 20) return units[value] ?? ''
  if (value < 100) return `${tens[Math.floor(value / 10)]}${value % 10 ? `-${units[value % 10]}` : ''}`
  const [size, name] = value < 1000 ? [100, 'hundred'] : value < 1e6 ? [1000, 'thousand'] : [1e6, 'million']
  const rest = value % size
  return `${spelled(Math.floor(value / size))} ${name}${rest ? `${rest < 100 ? ' and ' : ' '}${spelled(rest)}` : ''}`
}

test('a number in words is the number, and no other', () => {
  fc.assert(
    fc.property(fc.nat(999_999), fc.integer({ min: 1, max: 5000 }), (value, off) => {
      expect(inDigits(spelled(value))).toBe(String(value))
      expect(accepts(spelled(value), String(value))).toBe(true)
      expect(accepts(`minus ${spelled(value + 1)}`, String(-value - 1))).toBe(true)
      expect(accepts(spelled(value), String(value + off))).toBe(false)
    }),
  )
})

test('what begins with a number in words but is none stays as it is', () => {
  for (const text of ['one-year', 'ten-fold', 'sixteenth', 'five hundredth'])
    expect(inDigits(text)).not.toMatch(/^\d+$/)
})

const lengths = { km: 1_000_000, m: 1000, cm: 10, mm: 1 }

test('a length is the same in another unit exactly where it is as long', () => {
  const unit = fc.constantFrom('km', 'm', 'cm', 'mm')
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      unit,
      fc.integer({ min: 1, max: 1e6 }),
      unit,
      (a, from, b, to) => {
        expect(accepts(`${a} ${from}`, `${b} ${to}`)).toBe(a * lengths[from] === b * lengths[to])
        expect(accepts(`${a * lengths[from]} mm`, `${a} ${from}`)).toBe(true)
      },
    ),
  )
})

test('a range is given by both of its ends', () => {
  const end = fc.integer({ min: 0, max: 1000 })
  fc.assert(
    fc.property(end, end, end, (low, size, off) => {
      const [from, to] = [low, low + size + 1]
      expect(accepts(`between ${from} and ${to}`, `${from}-${to}`)).toBe(true)
      expect(accepts(`${from} to ${to + off + 1}`, `${from}-${to}`)).toBe(false)
      expect(accepts(`${from + (off % (size + 2))}`, `${from}-${to}`)).toBe(false)
    }),
  )
})
