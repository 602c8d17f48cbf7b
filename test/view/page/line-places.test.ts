import { expect, test } from 'vitest'
import { countPlaces } from '../../../view/page/line-places.ts'

const rows = [
  { at: 0, turns: 2, calls: 1, images: 1 },
  { at: 1, turns: 0, calls: null, images: 3 },
  { at: 2, turns: 5, calls: 4, images: 0 },
]

/** The places where tables have these lengths. */
const placesWith = (lengths: Record<string, number>) => {
  const counting = countPlaces(rows.length)
  for (const row of rows) counting.add(row)
  return counting.whole(async name => lengths[name])
}

test('the lines of a row follow those of the rows before it', async () => {
  const places = await placesWith({ turns: 7, calls: 5, images: 4 })
  const of = (table: string) => rows.map(row => places.of(table, row))
  expect(of('turns')).toEqual([
    [0, 2],
    [2, 2],
    [2, 7],
  ])
  expect(of('calls')).toEqual([
    [0, 1],
    [1, 1],
    [1, 5],
  ])
  expect(of('images')).toEqual([
    [0, 1],
    [1, 4],
    [4, 4],
  ])
})

test.each([
  ['is longer than the rows say', { turns: 8, calls: 5, images: 4 }, 'turns'],
  ['is shorter', { turns: 7, calls: 4, images: 4 }, 'calls'],
  ['is not there', { turns: 7, calls: 5 }, 'images'],
  ['is not counted', { turns: 7, calls: 5, images: 4, facts: 9 }, 'facts'],
])('nothing is known of a table that %s', async (_, lengths, table) => {
  const places = await placesWith(lengths as Record<string, number>)
  expect(rows.map(row => places.of(table, row))).toEqual([undefined, undefined, undefined])
})
