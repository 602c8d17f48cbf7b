import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gainOf, passAt, shareOf, type Trials } from '../../../checks/judges/interval.ts'

const trials = fc
  .integer({ min: 1, max: 60 })
  .chain(of => fc.record({ right: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))

const counts = (most: number) => Array.from({ length: most + 1 }, (_, right) => right)

function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1)
  return ways
}

/** The chance of so many right ones of `of`, each with chance `p`. */
const chanceOf = (right: number, of: number, p: number) =>
  choose(of, right) * p ** right * (1 - p) ** (of - right)

test('the interval of a share is Wilson’s, by the worked examples of Newcombe (1998)', () => {
  const { low, high } = shareOf({ right: 81, of: 263 })
  expect([low, high].map(value => value.toFixed(4))).toEqual(['0.2553', '0.3662'])
  expect(shareOf({ right: 15, of: 148 }).low).toBeCloseTo(0.0624, 4)
  expect(shareOf({ right: 0, of: 20 })).toEqual({ estimate: 0, low: 0, high: expect.closeTo(0.1611, 4) })
})

test('the interval of a difference is Newcombe’s, by his worked examples', () => {
  const rounded = (a: Trials, b: Trials) => {
    const { low, high } = gainOf(a, b)
    return [low, high].map(value => value.toFixed(4))
  }
  expect(rounded({ right: 56, of: 70 }, { right: 48, of: 80 })).toEqual(['0.0524', '0.3339'])
  expect(rounded({ right: 9, of: 10 }, { right: 3, of: 10 })).toEqual(['0.1705', '0.8090'])
  expect(rounded({ right: 10, of: 10 }, { right: 0, of: 10 })).toEqual(['0.6075', '1.0000'])
})

test('a share lies in its interval, the interval in 0 to 1, and right and wrong mirror each other', () => {
  fc.assert(
    fc.property(trials, ({ right, of }) => {
      const { estimate, low, high } = shareOf({ right, of })
      expect(0 <= low && low <= estimate && estimate <= high && high <= 1).toBe(true)
      const mirrored = shareOf({ right: of - right, of })
      expect(mirrored.low).toBeCloseTo(1 - high, 12)
      expect(mirrored.high).toBeCloseTo(1 - low, 12)
    }),
  )
})

test('a difference lies in its interval, the interval in -1 to 1, and turns its sign with its sides', () => {
  fc.assert(
    fc.property(trials, trials, (a, b) => {
      const { estimate, low, high } = gainOf(a, b)
      expect(-1 - 1e-12 <= low && low <= estimate && estimate <= high && high <= 1 + 1e-12).toBe(true)
      expect(gainOf(b, a).low).toBeCloseTo(-high, 12)
    }),
  )
})

test('the interval holds the true share in some 19 of 20 cases, reckoned over every outcome', () => {
  const shares = Array.from({ length: 99 }, (_, index) => (index + 1) / 100)
  const held = shares.map(p =>
    counts(30)
      .filter(right => shareOf({ right, of: 30 }).low <= p && p <= shareOf({ right, of: 30 }).high)
      .reduce((sum, right) => sum + chanceOf(right, 30, p), 0),
  )
  const mean = held.reduce((sum, each) => sum + each, 0) / held.length
  expect(mean).toBeGreaterThan(0.945)
  expect(mean).toBeLessThan(0.96)
})

/** How often the interval of a difference of two shares of eight holds the true one. */
function heldOf(p: number, q: number): number {
  let held = 0
  for (const right of counts(8))
    for (const other of counts(8)) {
      const { low, high } = gainOf({ right, of: 8 }, { right: other, of: 8 })
      if (low <= p - q && p - q <= high) held += chanceOf(right, 8, p) * chanceOf(other, 8, q)
    }
  return held
}

test('the interval of a difference holds the true one in some 19 of 20 cases, also for few trials', () => {
  const shares = Array.from({ length: 19 }, (_, index) => (index + 1) / 20)
  const held = shares.flatMap(p => shares.map(q => heldOf(p, q)))
  // Newcombe found no less than 0.867 anywhere.
  expect(Math.min(...held)).toBeGreaterThan(0.867)
  expect(held.reduce((sum, each) => sum + each, 0) / held.length).toBeGreaterThan(0.945)
})

test('pass@k is what drawing k of the answers gives, on average exactly the truth', () => {
  for (const k of [1, 2, 4, 8])
    for (const p of [0.1, 0.35, 0.8]) {
      const mean = counts(8).reduce(
        (sum, right) => sum + chanceOf(right, 8, p) * passAt(k, { right, of: 8 }).estimate,
        0,
      )
      expect(mean).toBeCloseTo(1 - (1 - p) ** k, 12)
    }
})

test('pass@1 is the share, more draws never make it less, and its bounds keep their order', () => {
  fc.assert(
    fc.property(trials, fc.nat(), (answers, number) => {
      const k = 1 + (number % answers.of)
      expect(passAt(1, answers).estimate).toBeCloseTo(shareOf(answers).estimate, 12)
      expect(passAt(k, answers).estimate).toBeGreaterThanOrEqual(passAt(1, answers).estimate - 1e-12)
      const { low, high } = passAt(k, answers)
      expect(0 <= low && low <= high && high <= 1).toBe(true)
    }),
  )
})

test.each([0, 5])('pass@%d of four answers cannot be had', k => {
  expect(() => passAt(k, { right: 1, of: 4 })).toThrow(RangeError)
})

test('without trials nothing is known', () => {
  expect(shareOf({ right: 0, of: 0 })).toEqual({ estimate: 0, low: 0, high: 1 })
  expect(gainOf({ right: 0, of: 0 }, { right: 0, of: 0 })).toEqual({ estimate: 0, low: -1, high: 1 })
})
