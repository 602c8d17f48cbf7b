import { expect, test } from 'vitest'
import { agreementOf, agreementOfPeople, type FirmWord, wordsOfPeople } from '../../labels/agreement.ts'
import type { Label } from '../../labels/label.ts'
import { keyOf, label } from './labels.ts'

const words = (said: string): Map<string, FirmWord> =>
  new Map([...said].flatMap((word, row) => (word === ' ' ? [] : [[`${row}`, word === 'g' ? 'good' : 'bad']])))

/** What two say row by row, with a blank where one says nothing, and the rows in each cell, good before bad. */
test.each<[string, string, string, string[][]]>([
  ['all the same', 'gbg', 'gbg', [['0', '2'], [], [], ['1']]],
  ['never the same', 'gb', 'bg', [[], ['0'], ['1'], []]],
  ['rows of one alone do not count', 'gb b', 'g b ', [['0'], [], [], []]],
  ['no row of both', 'g ', ' b', [[], [], [], []]],
])('%s', (_, one, other, cells) => {
  const found = agreementOf(['Ann', words(one)], ['answer', words(other)])
  expect(found.confusion.map(({ keys }) => keys)).toEqual(cells)
  expect(found.rows).toBe(cells.flat().length)
  expect(found.agreed).toBe([...(cells[0] ?? []), ...(cells[3] ?? [])].length)
  expect(found.bad).toEqual({
    one: [...(cells[2] ?? []), ...(cells[3] ?? [])].length,
    other: [...(cells[1] ?? []), ...(cells[3] ?? [])].length,
  })
})

const said = (row: string, by: string, word: Label['label']) => label({ key: keyOf(row), by, label: word })

test('each two people are compared who looked at the same rows, and those who are unsure say nothing', () => {
  const labels = [
    said('a', 'Cem', 'bad'),
    said('a', 'Ann', 'good'),
    said('b', 'Ann', 'unsure'),
    said('b', 'Ben', 'good'),
    said('b', 'Cem', 'good'),
  ]
  const { pairs, alpha } = agreementOfPeople(labels)
  expect(pairs.map(({ one, other, rows }) => [one, other, rows])).toEqual([
    ['Ann', 'Cem', 1],
    ['Ben', 'Cem', 1],
  ])
  expect(alpha).toBeCloseTo(0)
  expect(wordsOfPeople(labels).get('Ann')).toEqual(new Map([[keyOf('a'), 'good']]))
})
