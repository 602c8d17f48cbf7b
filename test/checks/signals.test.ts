import { describe, expect, test } from 'vitest'
import { signalsIn, signalsOf } from '../../checks/signals/signal.ts'
import { signalNames, signals } from '../../checks/signals.ts'
import { noContext } from '../check-context.ts'
import { passingConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, trajectory } from '../fixtures.ts'

const row = trajectory({
  turns: [pythonTurn({ stdout: '1284' }, 'The answer is 1284. I measure it.'), answerTurn('1284')],
  outcome: { kind: 'answered', answer: '1284' },
})
const quiet = trajectory({
  turns: [pythonTurn({ stdout: '1284' }), answerTurn('1284')],
  outcome: { kind: 'answered', answer: '1284' },
})

describe('signals', () => {
  passingConformance(use => use({ check: signals(), context: noContext, passing: row }))
})

test('a row with a signal passes, and the record names the signal with its turn and words', async () => {
  expect(await signals().measure(row, noContext)).toEqual({
    passed: true,
    reason: '',
    detail: 'answered_first',
    data: { signals: [{ name: 'answered_first', turn: 1, words: '"The answer is 1284. I measure it."' }] },
  })
  expect(await signals().measure(quiet, noContext)).toEqual({
    passed: true,
    reason: '',
    detail: '',
    data: { signals: [] },
  })
})

test('only the named signals are looked for', async () => {
  const others = signalNames.filter(name => name !== 'answered_first')
  expect(signalsOf(await signals({ only: others }).measure(row, noContext))).toEqual([])
  expect(signalsOf(await signals({ only: ['answered_first'] }).measure(row, noContext))).toHaveLength(1)
})

test('the signals of a row are read from its facts, and are unknown where nothing was measured', async () => {
  const fact = { check: 'signals', ...(await signals().measure(row, noContext)) }
  expect(signalsIn([fact])?.map(({ name }) => name)).toEqual(['answered_first'])
  expect(signalsIn([])).toBeNull()
})
