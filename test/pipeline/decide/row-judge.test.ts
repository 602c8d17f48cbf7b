import { expect, test } from 'vitest'
import { drop, dropFor, type Filter, undecided, type Verdict } from '../../../filters/filter.ts'
import { passed } from '../../../filters/passed.ts'
import { judgeOf } from '../../../pipeline/decide/row-judge.ts'
import type { Drop } from '../../../schemas/drop.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { Fact, Outcome, Trajectory } from '../../../schemas/trajectory.ts'
import { answerTurn, droppedBy, pythonTurn, trajectory } from '../../fixtures.ts'

const own = (verdict: (facts: readonly Fact[]) => Verdict): Filter => ({
  name: 'own',
  version: 1,
  options: {},
  begin:
    () =>
    ({ facts }) =>
      verdict(facts),
})

const failing = (check: string, reason: string): Fact => ({
  check,
  version: 1,
  passed: false,
  reason,
  detail: 'so',
})
const facts = [failing('a', 'b_c'), failing('a_b', 'c'), failing('own', 'plain')]

const decide = (filter: Filter, overruled: (drop: Drop) => boolean = () => false) =>
  judgeOf([filter], (_, drop) => overruled(drop))({ trajectory: trajectory(), facts })

test.each<[string, Filter, object]>([
  ['a reason of its own', own(() => drop('plain', 'so')), droppedBy('own', 'plain', { detail: 'so' })],
  [
    'a reason that reads like a fault of the infrastructure',
    own(() => drop('failed_style')),
    droppedBy('own', 'failed_style'),
  ],
  ['one named unchecked', own(() => drop('unchecked')), droppedBy('own', 'unchecked')],
  ['what it cannot judge yet', own(() => undecided('later')), droppedBy('own', 'later', { undecided: true })],
  [
    'a check that failed',
    own(([fact = failing('', '')]) => dropFor(fact)),
    droppedBy('own', 'b_c', { by: 'a', detail: 'so' }),
  ],
  ['passed', passed('a_b', 'a'), droppedBy('passed', 'c', { by: 'a_b', detail: 'so' })],
  [
    'passed, where a check is missing',
    passed('z'),
    droppedBy('passed', 'unchecked', { detail: 'the check z was not measured', undecided: true }),
  ],
])('a drop says who decided and why: %s', (_, filter, decision) => {
  expect(decide(filter)).toEqual(decision)
})

/** Of a file of others, as `rollouts/take.ts` names its teacher. */
const brought = {
  teacher: { name: 'share_gpt', options: {} },
  origin: { format: 'share_gpt', file: 'a', row: 1, sha256: sha256('a'), profile: 'plain', lacks: [] },
}
const unanswered = { outcome: { kind: 'stopped', by: 'no_answer' } } as const

test.each<[Partial<Trajectory>, object]>([
  [{ turns: [pythonTurn()] }, { reason: 'unanswered', detail: 'it ends in a call of "python"' }],
  [{ turns: [answerTurn('8')] }, { reason: 'unanswered', detail: expect.stringContaining('8') }],
])('of a row of others that has no answer nothing is said of synthesis: %#', (changes, { ...expected }) => {
  const row = { trajectory: trajectory({ ...brought, ...unanswered, ...changes }), facts: [] }
  expect(judgeOf([], () => false)(row)).toMatchObject({
    keep: false,
    stage: 'reading',
    by: 'reading',
    ...expected,
  })
})

test.each<[Outcome, object]>([
  [
    { kind: 'failed', at: 'tool', message: 'down' },
    droppedBy('synthesize', 'failed_tool', { detail: 'down', undecided: true }),
  ],
  [
    { kind: 'stopped', by: 'turns' },
    droppedBy('synthesize', 'unsolved_turns', { detail: expect.any(String) }),
  ],
])('what has no answer is dropped for that: %o', (outcome, decision) => {
  const row = { trajectory: trajectory({ outcome }), facts: [] }
  expect(judgeOf([own(() => ({ keep: true }))], () => false)(row)).toEqual(decision)
})

test('only the fact that a drop names is passed over when that is overruled, though another reads the same', () => {
  const overruled = ({ by }: Drop) => by === 'a'
  expect(decide(passed('a', 'a_b'), overruled)).toEqual(droppedBy('passed', 'c', { by: 'a_b', detail: 'so' }))
})

test('what a check could not tell is passed over as what it failed is', () => {
  const unknown: Fact = { ...failing('a', 'no_record'), couldNotTell: true }
  const judge = (overruled: boolean) =>
    judgeOf([passed('a')], () => overruled)({ trajectory: trajectory(), facts: [unknown] })
  expect(judge(false)).toEqual(droppedBy('passed', 'no_record', { by: 'a', detail: 'so' }))
  expect(judge(true)).toEqual({ keep: true })
})

test('a filter’s own reason is passed over at once, also where a check has its name', () => {
  let asked = 0
  const filter = own(() => {
    asked++
    return drop('plain')
  })
  expect(decide(filter, () => true)).toEqual({ keep: true })
  expect(asked).toBe(1)
})
