import { expect, test } from 'vitest'
import { labelSample, type QueueRow, queueOf, queueReasons, sampleSize } from '../../labels/queue.ts'
import { rowLabel } from '../../labels/row-label.ts'
import { label } from './labels.ts'

const row = (key: string, changes: Partial<QueueRow> = {}): QueueRow => ({
  key,
  task: `task ${key}`,
  category: 'charts',
  kept: true,
  failed: [],
  ...changes,
})

type Said = Record<string, ['good' | 'bad' | 'unsure', by?: string][]>

const book = (said: Said) =>
  new Map(
    Object.entries(said).flatMap(([key, words]) => {
      const found = rowLabel(words.map(([word, by = 'Ann']) => label({ key, label: word, by })))
      return found ? [[key, found] as const] : []
    }),
  )

/** Dropped by two checks, so that nothing is near. */
const gone = { kept: false, failed: ['answer', 'format'] }

/** Rows, what was said of them, whose queue it is, and the queue. */
test.each<[string, QueueRow[], Said, string | undefined, string[]]>([
  [
    'people who disagree',
    [row('a', gone)],
    { a: [['good'], ['bad', 'Ben']] },
    undefined,
    ['a people_disagree'],
  ],
  [
    'to somebody else, too',
    [row('a', gone)],
    { a: [['good'], ['bad', 'Ben']] },
    'Cem',
    ['a people_disagree'],
  ],
  ['not to those themselves', [row('a', gone)], { a: [['good'], ['bad', 'Ben']] }, 'Ben', []],
  ['a bad label of a kept row', [row('a')], { a: [['bad']] }, undefined, ['a label_against_decision']],
  [
    'a good label of one that checks failed',
    [row('a', gone)],
    { a: [['good']] },
    'Ben',
    ['a label_against_decision'],
  ],
  [
    'not one that was dropped for another reason',
    [row('a', { kept: false })],
    { a: [['good']] },
    undefined,
    [],
  ],
  ['not a label that fits', [row('a')], { a: [['good']] }, undefined, []],
  [
    'siblings that were decided differently',
    [row('a', { task: 't' }), row('b', { task: 't', ...gone }), row('c', { task: 'u', ...gone })],
    {},
    undefined,
    ['a siblings_disagree', 'b siblings_disagree'],
  ],
  [
    'a row that one check dropped alone',
    [row('a', { kept: false, failed: ['pii'] })],
    {},
    undefined,
    ['a near_threshold'],
  ],
  [
    'not a kept row with a failed check',
    [row('a', { failed: ['pii'] }), row('b')],
    {},
    undefined,
    ['a sample', 'b sample'],
  ],
  ['judges who disagree', [row('a', { split: ['judge'] })], {}, undefined, ['a near_threshold']],
  ['a sample of what was kept', [row('a'), row('b', gone)], {}, undefined, ['a sample']],
  ['not what is labelled', [row('a'), row('b')], { a: [['unsure']] }, undefined, ['b sample']],
  ['what another labelled', [row('a'), row('b')], { a: [['unsure']] }, 'Ben', ['a sample', 'b sample']],
  [
    'each reason in turn, after people who disagree',
    [
      ...[row('a'), row('b'), row('c', { split: ['judge'] }), row('d', { kept: false, failed: ['pii'] })],
      ...[row('e'), row('f', gone)],
    ],
    { e: [['bad']], f: [['good'], ['bad', 'Ben']] },
    undefined,
    [
      'f people_disagree',
      'e label_against_decision',
      'c near_threshold',
      'a sample',
      'd near_threshold',
      'b sample',
    ],
  ],
  ['nothing of nothing', [], {}, undefined, []],
])('a queue holds %s', (_, rows, said, by, queue) => {
  expect(queueOf(rows, book(said), { by, error: 0.05 }).map(({ key, why }) => `${key} ${why}`)).toEqual(queue)
})

test('every reason is one that is listed', () => {
  expect(new Set(queueReasons).size).toBe(5)
})

/** Of so many rows, for this error: 385 of very many, as every table of sample sizes says for ±5 %. */
test.each([
  [10_000_000, 0.05, 385],
  [1_000_000_000, 0.03, 1068],
  [10_000_000, 0.1, 97],
  [10_000, 0.05, 370],
  [1000, 0.05, 278],
  [100, 0.05, 80],
  [10, 0.05, 10],
  [1, 0.05, 1],
])('of %i rows, for ±%f, %i are drawn', (all, error, size) => {
  expect(sampleSize(all, error)).toBe(size)
})

const many = (count: number, category: string, changes = {}) =>
  Array.from({ length: count }, (_, n) =>
    row(`${category} ${String(n).padStart(5, '0')}`, { category, ...changes }),
  )

test('each category has its share of a sample, and dropped rows have none', () => {
  const rows = [
    ...many(600, 'charts'),
    ...many(300, 'flags'),
    ...many(100, 'maps'),
    ...many(500, 'gone', gone),
  ]
  const sample = [...labelSample(rows, 0.05)]
  const counts = ['charts', 'flags', 'maps', 'gone'].map(
    category => sample.filter(key => key.startsWith(category)).length,
  )
  expect(counts).toEqual([167, 83, 28, 0])
})

test('the order of the rows draws no others', () => {
  const rows = [...many(60, 'charts'), ...many(30, 'flags')]
  expect(labelSample(rows.toReversed(), 0.1)).toEqual(labelSample(rows, 0.1))
})
