import { describe, expect, test } from 'vitest'
import type { Measured } from '../../filters/filter.ts'
import { passed } from '../../filters/passed.ts'
import type { Fact } from '../../schemas/trajectory.ts'
import { filterConformance } from '../conformance/filter.ts'
import { trajectory } from '../fixtures.ts'

const fact = (check: string, reason = '', detail = ''): Fact => ({
  check,
  version: 1,
  passed: reason === '',
  reason,
  detail,
})
const never = async () => {
  throw new Error('nothing is measured here')
}
const good: Measured = { trajectory: trajectory(), facts: [fact('answer'), fact('thought')] }

describe('passed', () => {
  filterConformance({
    filter: passed('answer'),
    kept: good,
    dropped: { ...good, facts: [fact('answer', 'wrong', 'answered 9')] },
  })
})

test.each<[string, Partial<Measured>, object]>([
  ['all named checks passed', {}, { keep: true }],
  [
    'one failed',
    { facts: [fact('answer', 'wrong', 'answered 9'), fact('thought')] },
    { keep: false, by: 'answer', reason: 'wrong', detail: 'answered 9' },
  ],
  [
    'the last failed',
    { facts: [fact('answer'), fact('thought', 'missing', 'turn 1')] },
    { keep: false, by: 'thought', reason: 'missing', detail: 'turn 1' },
  ],
  [
    'both failed, so the first named counts',
    { facts: [fact('thought', 'missing', 'turn 1'), fact('answer', 'wrong', 'answered 9')] },
    { keep: false, by: 'answer', reason: 'wrong', detail: 'answered 9' },
  ],
  [
    'a check nobody named failed',
    { facts: [...good.facts, fact('code_errors', 'unrecovered', 'cell 1')] },
    { keep: true },
  ],
  [
    'a check could not tell',
    { facts: [fact('answer'), { ...fact('thought', 'no_record', 'turn 1'), couldNotTell: true }] },
    { keep: false, by: 'thought', reason: 'no_record', detail: 'turn 1' },
  ],
  [
    'one was never measured',
    { facts: [fact('answer')] },
    { keep: false, reason: 'unchecked', detail: 'the check thought was not measured', undecided: true },
  ],
  [
    'it ran out of turns, whatever its facts',
    { trajectory: trajectory({ outcome: { kind: 'stopped', by: 'turns' } }) },
    { keep: false, reason: 'unsolved', detail: 'stopped by turns' },
  ],
  [
    'the provider broke',
    { trajectory: trajectory({ outcome: { kind: 'failed', at: 'teacher', message: 'HTTP 503' } }) },
    { keep: false, reason: 'failed', detail: 'at teacher: HTTP 503', undecided: true },
  ],
])('%s', (_, changes, verdict) => {
  expect(passed('answer', 'thought').begin()({ ...good, ...changes })).toEqual(verdict)
})

const right = [fact('answer'), fact('thought')]

test.each<[string, Fact[], object]>([
  ['all passed', right, { keep: true }],
  ['one failed', [fact('answer'), fact('thought', 'missing')], { keep: false, by: 'thought' }],
  ['one was never measured', [fact('answer')], { keep: false, reason: 'unchecked', undecided: true }],
  ['others failed', [...right, fact('other', 'wrong')], { keep: true }],
])('without names it goes by every check of the config: %s', (_, facts, verdict) => {
  const checks = ['answer', 'thought'].map(name => ({ name, version: 1, options: {}, measure: never }))
  expect(passed().over?.(checks).begin()({ ...good, facts })).toMatchObject(verdict)
})

test('without a config it goes by all that was measured', () => {
  expect(passed().begin()(good)).toEqual({ keep: true })
  const facts = [...good.facts, fact('other', 'wrong')]
  expect(passed().begin()({ ...good, facts })).toMatchObject({ keep: false, by: 'other' })
})
