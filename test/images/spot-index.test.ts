import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Spot } from '../../images/sketch.ts'
import { spotIndex } from '../../images/spot-index.ts'

/** A spot whose word is that number and whose mirror image has a word of its own. */
const spot = (word: number, x: number, y: number): Spot => ({
  window: { x, y, width: 0.2, height: 0.2 },
  seen: { word, doubtful: 0 },
  mirrored: { word: word + 100_000, doubtful: 0 },
})

/** Spots along a row, with words from a number on. */
const row = (count: number, first: number, y = 0.1) =>
  Array.from({ length: count }, (_, at) => spot(first + at, (0.8 * at) / count, y))

/** The same words in windows so small that neither picture could be a part of the other. */
const elsewhere = (spots: Spot[]): Spot[] =>
  spots.map(each => ({ ...each, window: { ...each.window, width: 0.05, height: 0.05 } }))

function likeliest(put: Spot[][], looked: Spot[]): number[] {
  using table = new DatabaseSync(':memory:')
  const index = spotIndex(table, 'test')
  for (const [at, spots] of put.entries()) index.put(at, spots)
  return index.likeliest(looked)
}

const plain = row(6, 1)
const rich = row(140, 1)
const twoOf = (spots: Spot[]) => [...elsewhere(spots.slice(0, 2)), ...row(4, 5000)]

const cases: Record<string, { put: Spot[][]; looked: Spot[]; found: number[] }> = {
  'spots that agree about the place': { put: [row(6, 900), plain], looked: plain, found: [1] },
  'two words of a plain picture, though they agree about no place': {
    put: [row(6, 900), twoOf(plain)],
    looked: plain,
    found: [1],
  },
  'nothing by one word': { put: [[spot(1, 0.5, 0.5), ...row(5, 900)]], looked: plain, found: [] },
  'nothing by two of the many words of a rich picture, which is chance': {
    put: [twoOf(rich)],
    looked: rich,
    found: [],
  },
  'spots that agree before words that do not': {
    put: [elsewhere(rich), [...rich.slice(0, 3), ...row(4, 5000)]],
    looked: rich,
    found: [1, 0],
  },
  'no more than are worth a close look': {
    put: Array.from({ length: 40 }, () => plain),
    looked: plain,
    found: Array.from({ length: 16 }, (_, at) => at),
  },
}

test.each(Object.entries(cases))('a picture is proposed by %s', (_, { put, looked, found }) => {
  expect(likeliest(put, looked)).toEqual(found)
})
