import { describe, expect, test } from 'vitest'
import { mix, placesOf } from '../../filters/mix.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { row, select } from './selecting.ts'

const of = (category: string, count: number) =>
  Array.from({ length: count }, (_, index) => row(`${category}${index}`, { task: { category } }))
const rows = [...of('reason', 12), ...of('search', 3), ...of('other', 2)]
const half = mix({ by: 'category', shares: { reason: 0.75, search: 0.25 } })

describe('mix', async () => {
  const { rejected } = await select(half, rows)
  selectorConformance({ selector: half, rows, rejected: rejected.map(({ key }) => key) })
})

/** Shares of the cold-start set that DeepEyesV2's authors give (arXiv 2511.05271, figure 9). */
const paper = { 'long-cot': 0.816, reason: 0.096, perception: 0.081, search: 0.007 }

test.each<
  [string, Record<string, number>, Record<string, number>, number | undefined, Record<string, number>]
>([
  ['the scarcest decides', { a: 0.5, b: 0.5 }, { a: 10, b: 3 }, undefined, { a: 3, b: 3 }],
  ['shares differ', { a: 0.75, b: 0.25 }, { a: 12, b: 3 }, undefined, { a: 9, b: 3 }],
  ['at most so many', { a: 0.75, b: 0.25 }, { a: 90, b: 30 }, 8, { a: 6, b: 2 }],
  ['nothing keeps the shares where one has none', { a: 0.5, b: 0.5 }, { a: 10 }, undefined, { a: 0, b: 0 }],
  [
    "the paper's shares",
    paper,
    { 'long-cot': 9000, reason: 2000, perception: 2000, search: 70 },
    undefined,
    { 'long-cot': 8160, reason: 960, perception: 810, search: 70 },
  ],
])('%s', (_, shares, there, total, places) => {
  expect(Object.fromEntries(placesOf(shares, new Map(Object.entries(there)), total))).toEqual(places)
})

test('who goes is told why, and the note counts', async () => {
  const { rejected, notes } = await select(half, rows)
  const reasons = Object.groupBy(rejected, ({ reason, detail }) => `${reason}: ${detail}`)
  expect(Object.fromEntries(Object.entries(reasons).map(([why, all]) => [why, all?.length]))).toEqual({
    'beyond_share: 9 rows of reason are its share': 3,
    'no_share: other has no share of the mix': 2,
  })
  expect(notes.map(({ about, counts }) => [about, counts])).toEqual([
    ['reason', { there: 12, kept: 9 }],
    ['search', { there: 3, kept: 3 }],
  ])
})

test.each<[Record<string, number>, RegExp]>([
  [{ a: 0.5, b: 0.4 }, /are 0.9 together; make them 1/],
  [{ a: 1, b: 0 }, /shares.b is 0/],
  [{ a: -0.5, b: 1.5 }, /shares.a is -0.5/],
])('refuses the shares %o', (shares, line) => {
  expect(() => mix({ by: 'category', shares })).toThrow(line)
})
