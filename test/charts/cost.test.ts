import { expect, test } from 'vitest'
import { costChart } from '../../charts/cost.ts'
import { figureOf, told } from './rollouts.ts'

/** Uniform in 0 to 1, the same numbers each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test('the interval of the cost of a kept row holds the true one in about 19 of 20 runs', () => {
  const next = numbers(1)
  // A kept rollout costs 1 to 3, a dropped one 0 to 8, and 3 of 5 are kept: a kept row costs (0.6 × 2 + 0.4 × 4) / 0.6.
  const truth = (0.6 * 2 + 0.4 * 4) / 0.6
  const held = Array.from({ length: 1000 }, () => {
    const rollouts = Array.from({ length: 80 }, () => {
      const kept = next() < 0.6
      return told({ kept, cost: kept ? 1 + 2 * next() : 8 * next() })
    })
    const [line] = figureOf(costChart, rollouts).lines
    return Number(line?.low) <= truth && truth <= Number(line?.high)
  })
  const share = held.filter(Boolean).length / held.length
  expect(share).toBeGreaterThan(0.92)
  expect(share).toBeLessThan(0.98)
})

test('what costs nothing, or has no price, is said in a sentence', () => {
  expect(figureOf(costChart, [told({ cost: 0 }), told({ cost: 0 })]).nothing).toMatch(/cost anything/)
  expect(figureOf(costChart, [told({ cost: null })]).nothing).toMatch(/no model has a price/i)
})
