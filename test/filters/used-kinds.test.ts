import { describe, expect, test } from 'vitest'
import { type UsedKindsOptions, usedKinds } from '../../filters/used-kinds.ts'
import { filterConformance } from '../conformance/filter.ts'
import { trajectory } from '../fixtures.ts'

const measured = (detail: string) => ({
  trajectory: trajectory(),
  facts: [{ check: 'tools_used', version: 1, passed: true, reason: '', detail }],
})
const judge = (options: UsedKindsOptions, detail: string) => usedKinds(options).begin()(measured(detail))

describe('usedKinds', () => {
  filterConformance({
    filter: usedKinds({ all: ['crop'] }),
    kept: measured('crop:1'),
    dropped: measured('mark:1'),
  })
})

test.each<[UsedKindsOptions, string, object]>([
  [{ any: ['crop', 'mark'] }, 'mark:1 text_search:2', { keep: true }],
  [
    { any: ['crop', 'mark'] },
    'text_search:2',
    { keep: false, reason: 'kind_missing', detail: 'none of crop, mark' },
  ],
  [{ all: ['crop', 'mark'] }, 'crop:1 mark:1', { keep: true }],
  [{ all: ['crop', 'mark'] }, 'crop:1', { keep: false, reason: 'kind_missing', detail: 'mark' }],
  [{}, 'other_code:1', { keep: true }],
])('%j of %j', (options, detail, expected) => {
  expect(judge(options, detail)).toEqual(expected)
})

test('what was not measured cannot be judged', () => {
  expect(usedKinds({ any: ['crop'] }).begin()({ trajectory: trajectory(), facts: [] })).toMatchObject({
    reason: 'unchecked',
  })
})

test('what could not be told is dropped for the cause, whatever is wanted', () => {
  const fact = {
    check: 'tools_used',
    version: 2,
    passed: false,
    reason: 'no_record',
    detail: 'python (turn 1)',
  }
  const row = { trajectory: trajectory(), facts: [{ ...fact, couldNotTell: true as const }] }
  expect(usedKinds({}).begin()(row)).toEqual({
    keep: false,
    by: 'tools_used',
    reason: 'no_record',
    detail: 'python (turn 1)',
  })
})
