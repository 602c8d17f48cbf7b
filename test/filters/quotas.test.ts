import { describe, expect, test } from 'vitest'
import { type QuotaOptions, quotas } from '../../filters/quotas.ts'
import { stratumOf } from '../../filters/strata/strata.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { answerTurn, pythonTurn } from '../fixtures.ts'
import { row, select } from './selecting.ts'

const of = (category: string, count: number) =>
  Array.from({ length: count }, (_, index) => row(`${category}${index}`, { task: { category } }))
const rows = [...of('chart', 6), ...of('flag', 2), ...of('map', 1)]

const keptOf = async (options: QuotaOptions) => {
  const { rejected } = await select(quotas(options), rows)
  const gone = new Set(rejected.map(({ key }) => key))
  const stay = rows.filter(({ trajectory }) => !gone.has(trajectory.key))
  return { stay, rejected, counts: Object.groupBy(stay, ({ trajectory }) => trajectory.task.category) }
}

describe('quotas', async () => {
  const { rejected } = await select(quotas({ by: 'category', counts: { chart: 4 } }), rows)
  selectorConformance({
    selector: quotas({ by: 'category', counts: { chart: 4 } }),
    rows,
    rejected: rejected.map(({ key }) => key),
  })
})

test.each<[string, Partial<QuotaOptions>, Record<string, number>]>([
  ['a stratum that has more is cut', { counts: { chart: 4, flag: 2 } }, { chart: 4, flag: 2, map: 1 }],
  ['one that has less stays', { counts: { flag: 5 } }, { chart: 6, flag: 2, map: 1 }],
  ['none of a stratum', { counts: { chart: 0 } }, { flag: 2, map: 1 }],
  ['others go where it is said', { counts: { chart: 1 }, others: 'drop' }, { chart: 1 }],
])('%s', async (_, options, expected) => {
  const { counts } = await keptOf({ by: 'category', counts: {}, ...options })
  expect(Object.fromEntries(Object.entries(counts).map(([name, each]) => [name, each?.length]))).toEqual(
    expected,
  )
})

test('who goes is told why', async () => {
  const { rejected } = await keptOf({ by: 'category', counts: { chart: 5 }, others: 'drop' })
  expect(new Set(rejected.map(({ reason, detail }) => `${reason}: ${detail}`))).toEqual(
    new Set([
      'quota_full: 5 rows of chart stay',
      'no_quota: flag is not in the quotas',
      'no_quota: map is not in the quotas',
    ]),
  )
})

test('the draw is the same for a seed and another for another', async () => {
  const drawn = async (seed: number) =>
    (await keptOf({ by: 'category', counts: { chart: 3 }, seed })).stay.map(
      ({ trajectory }) => trajectory.task.id,
    )
  expect(await drawn(1)).toEqual(await drawn(1))
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map(drawn))
  expect(new Set(all.map(ids => ids.join())).size).toBeGreaterThan(1)
})

test('the best stay where a preference is named', async () => {
  const long = row('long', {
    task: { category: 'chart' },
    turns: [pythonTurn(), pythonTurn(), answerTurn('8')],
  })
  const { rejected } = await select(
    quotas({ by: 'category', counts: { chart: 1 }, prefer: ['most_turns'] }),
    [...rows.slice(0, 6), long],
  )
  expect(rejected).toHaveLength(5 + 1)
  expect(rejected.map(({ key }) => key)).not.toContain(long.trajectory.key)
})

const measured = row('x', { task: { category: 'chart', meta: { level: { name: 'hard' } } } }, [
  { check: 'necessity', version: 1, passed: true, reason: '', detail: 'needed' },
  { check: 'thought', version: 1, passed: false, reason: 'empty', detail: 'turn 1' },
])

test.each<[Parameters<typeof stratumOf>[1], string]>([
  ['category', 'chart'],
  ['source', 'test'],
  ['teacher', 'test-teacher'],
  ['tools', 'python'],
  [{ meta: 'level.name' }, 'hard'],
  [{ meta: 'level.none' }, 'none'],
  [{ meta: 'toString' }, 'none'],
  [{ fact: 'necessity' }, 'needed'],
  [{ fact: 'thought' }, 'empty'],
  [{ fact: 'unmeasured' }, 'none'],
])('rows are sorted by %o', (by, stratum) => {
  expect(stratumOf(measured, by)).toBe(stratum)
})

test('a task tells its stratum before it is solved, where that is known', () => {
  const { task } = measured.trajectory
  expect(quotas({ by: 'category', counts: {} }).stratumOfTask(task)).toBe('chart')
  expect(quotas({ by: { meta: 'level.name' }, counts: {} }).stratumOfTask(task)).toBe('hard')
  expect(quotas({ by: 'tools', counts: {} }).stratumOfTask(task)).toBeUndefined()
})

test.each([-1, 1.5, Number.NaN])('%s is no count of rows', count => {
  expect(() => quotas({ by: 'category', counts: { chart: count } })).toThrow(/counts.chart is/)
})
