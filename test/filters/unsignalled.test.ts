import { describe, expect, test } from 'vitest'
import { signals } from '../../checks/signals.ts'
import type { Measured } from '../../filters/filter.ts'
import { unsignalled } from '../../filters/unsignalled.ts'
import { filterConformance } from '../conformance/filter.ts'
import { trajectory } from '../fixtures.ts'

const measured = (...names: string[]): Measured => ({
  trajectory: trajectory(),
  facts: [
    {
      check: 'signals',
      version: 1,
      passed: true,
      reason: '',
      detail: names.join(' '),
      data: { signals: names.map(name => ({ name, turn: 2, words: '"a thought"' })) },
    },
  ],
})

describe('unsignalled', () => {
  filterConformance({
    filter: unsignalled('answered_first'),
    kept: measured('another'),
    dropped: measured('another', 'answered_first'),
  })
})

test('the drop says which signal it was, where, and in which words', () => {
  expect(unsignalled('answered_first').begin()(measured('answered_first'))).toEqual({
    keep: false,
    reason: 'answered_first',
    detail: 'turn 2: "a thought"',
  })
})

test('a row that was not looked at is undecided', () => {
  const unmeasured = { ...measured(), facts: [] }
  expect(unsignalled('answered_first').begin()(unmeasured)).toMatchObject({ keep: false, undecided: true })
})

test('a signal that there is not, or that the check does not look for, is refused', () => {
  const refused = (make: () => unknown) => expect(make).toThrow(/^(?:filters: )?unsignalled: /)
  refused(() => Reflect.apply(unsignalled, null, ['no_such_signal']))
  refused(() => Reflect.apply(unsignalled, null, []))
  refused(() => unsignalled('answered_first').over?.([signals({ only: [] })]))
  expect(unsignalled('answered_first').over?.([signals()])).toMatchObject({ name: 'unsignalled' })
})
