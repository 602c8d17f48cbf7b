import { describe, expect, test } from 'vitest'
import { type BestOfOptions, bestOf } from '../../filters/best-of.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { answerTurn, pythonTurn } from '../fixtures.ts'
import { keyOf, row, select } from './selecting.ts'

const failed = pythonTurn({ status: 'error', error: { name: 'NameError', value: 'x', traceback: '' } })
const wordy = pythonTurn({}, 'I measure the image first, with great care and at great length.')
const one = { task: { id: 'one' } }

const rows = [
  row('a', { ...one, turns: [pythonTurn(), pythonTurn(), answerTurn('8')] }),
  row('b', { ...one, turns: [wordy, answerTurn('8')] }),
  row('c', { ...one, turns: [pythonTurn(), answerTurn('8')] }),
  row('d', { ...one, turns: [failed, answerTurn('8')] }),
  row('e', { task: { id: 'two' }, turns: [failed, failed, answerTurn('8')] }),
]

describe('bestOf', () => {
  selectorConformance({ selector: bestOf({ n: 1 }), rows, rejected: ['a', 'b', 'd'].map(keyOf) })
})

test.each<[string, BestOfOptions, string[]]>([
  ['the fewest mistakes, then turns, then words', { n: 1 }, ['c', 'e']],
  ['the second of these too', { n: 2 }, ['b', 'c', 'e']],
  ['all where there are not more', { n: 4 }, ['a', 'b', 'c', 'd', 'e']],
  ['the longest', { n: 1, prefer: ['most_turns'] }, ['a', 'e']],
  ['the shortest, whatever its mistakes', { n: 2, prefer: ['shortest'] }, ['c', 'd', 'e']],
  ['by key where nothing is preferred', { n: 1, prefer: [] }, ['a', 'e']],
])('%s', async (_, options, stay) => {
  const { rejected } = await select(bestOf(options), rows)
  const gone = rejected.map(({ key }) => key)
  expect(
    rows.filter(({ trajectory }) => !gone.includes(trajectory.key)).map(each => each.trajectory.key),
  ).toEqual(stay.map(keyOf))
})

test('who goes is told who is better', async () => {
  const { rejected } = await select(bestOf({ n: 1 }), rows)
  expect(rejected.find(({ key }) => key === keyOf('b'))).toEqual({
    key: keyOf('b'),
    reason: 'not_among_best',
    detail: `place 2 of its task; the best is one ${keyOf('c').slice(0, 12)}`,
  })
})
