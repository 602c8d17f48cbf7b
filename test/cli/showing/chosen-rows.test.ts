import { expect, test } from 'vitest'
import { chosenRows, type WantedRows } from '../../../cli/showing/chosen-rows.ts'
import type { ExportRow } from '../../../output/export.ts'
import { ConfigError } from '../../../pipeline/errors.ts'
import { droppedBy, trajectory } from '../../fixtures.ts'

const row = (id: string, key: string, verdict: ExportRow['verdict'] = { keep: true }): ExportRow => {
  const base = trajectory()
  return {
    measured: { trajectory: { ...base, key: key.padEnd(64, '0'), task: { ...base.task, id } }, facts: [] },
    verdict,
  }
}

const wrong = droppedBy('passed', 'wrong', { by: 'answer' })
const rows = [
  row('a/1', 'aaaaaa1'),
  row('a/1', 'aaaaaa2', wrong),
  row('a/2', 'bbbbbb1', droppedBy('curate', 'duplicate')),
  row('a/3', 'bbbbbb2', wrong),
  row('a/4', 'cccccc1'),
]

const chosen = async (choice: WantedRows, from = rows) => {
  const found = await Array.fromAsync(chosenRows(each(from), choice))
  return found.map(({ measured }) => measured.trajectory.key.replace(/0+$/, ''))
}

async function* each(rows: ExportRow[]) {
  yield* rows
}

test.each<[string, WantedRows, string[]]>([
  ['an id', { ids: ['a/1'] }, ['aaaaaa1', 'aaaaaa2']],
  ['the start of a key', { ids: ['bbbbbb'] }, ['bbbbbb1', 'bbbbbb2']],
  ['a whole key', { ids: ['cccccc1'.padEnd(64, '0')] }, ['cccccc1']],
  [
    'several, in the order of the rows',
    { ids: ['a/4', 'aaaaaa2', 'a/2'] },
    ['aaaaaa2', 'bbbbbb1', 'cccccc1'],
  ],
  ['one that is said twice', { ids: ['a/4', 'cccccc'] }, ['cccccc1']],
  ['a reason of a stage', { reason: 'passed/answer_wrong' }, ['aaaaaa2', 'bbbbbb2']],
  ['a reason of any stage', { reason: 'duplicate' }, ['bbbbbb1']],
  ['all that was dropped', { rejected: true }, ['aaaaaa2', 'bbbbbb1', 'bbbbbb2']],
  ['what was dropped of an id', { ids: ['a/1'], rejected: true }, ['aaaaaa2']],
  ['a reason of ids', { ids: ['a/1', 'a/2'], reason: 'answer_wrong' }, ['aaaaaa2']],
  ['more at random than there are', { random: 9, rejected: true }, ['aaaaaa2', 'bbbbbb1', 'bbbbbb2']],
])('%s chooses rows', async (_, choice, keys) => {
  expect(await chosen(choice)).toEqual(keys)
})

test.each<[string, WantedRows, ExportRow[], string]>([
  ['an id that is not there', { ids: ['a/9'] }, rows, 'no trajectory has the task id or key a/9;'],
  ['two of three', { ids: ['a/8', 'a/1', 'a/9'] }, rows, 'the task id or key a/8, a/9;'],
  ['a key that is cut too short', { ids: ['bbbbb'] }, rows, 'the task id or key bbbbb;'],
  [
    'a reason of nothing',
    { reason: 'rong' },
    rows,
    '--reason rong: no row was dropped for that; rows were dropped for: curate/duplicate, passed/answer_wrong',
  ],
  [
    'a reason of other ids',
    { ids: ['a/4'], reason: 'duplicate' },
    rows,
    '--reason duplicate: no row of these was dropped for that; rows were dropped for: curate/duplicate, passed/answer_wrong',
  ],
  [
    'what was dropped where all is kept',
    { rejected: true },
    rows.slice(0, 1),
    '--rejected: no row was dropped',
  ],
  ['some of none', { random: 3 }, [], 'there is no row yet'],
])('%s is refused with a line that helps', async (_, choice, from, line) => {
  const failure = await chosen(choice, from).catch(error => error)
  expect(failure).toBeInstanceOf(ConfigError)
  expect(failure.message).toContain(line)
})

const many = Array.from({ length: 200 }, (_, n) => row(`t/${n}`, `${(n * 7919) % 1000}x`.padStart(5, '1')))

test('the same seed draws the same rows whatever their order, and another seed others', async () => {
  const draw = (seed: string, from = many) => chosen({ random: 20, seed }, from)
  const one = await draw('1')
  expect(new Set(one).size).toBe(20)
  expect(one).toEqual([...one].sort())
  expect(await draw('1', many.toReversed())).toEqual(one)
  expect(await draw('2')).not.toEqual(one)
  expect((await chosen({ random: 40, seed: '1' }, many)).filter(key => one.includes(key))).toEqual(one)
})

test('every row is drawn about as often as every other', async () => {
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 400; seed++)
    for (const key of await chosen({ random: 2, seed: String(seed) }))
      counts.set(key, (counts.get(key) ?? 0) + 1)
  expect(counts.size).toBe(rows.length)
  for (const count of counts.values()) expect(Math.abs(count - 160)).toBeLessThan(50)
})
