import { expect, test } from 'vitest'
import { mannersCounter, reminderTable, signalTable } from '../../../cli/numbers/teachers.ts'
import type { ExportRow } from '../../../output/export.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { reminded, trajectory } from '../../fixtures.ts'

/** A row with these signals; undefined where none were looked for. */
function rowOf(made: Trajectory, names?: string[], teacher = 'mini'): ExportRow {
  const signals = names?.map(name => ({ name, turn: 1, words: 'I guess.' }))
  const fact = { check: 'signals', version: 1, passed: true, reason: '', detail: '' }
  const facts = signals ? [{ ...fact, data: { signals } }] : []
  const named = { ...made, teacher: { name: teacher, options: {} } }
  return { measured: { trajectory: named, facts }, verdict: { keep: true } }
}

function counted(rows: ExportRow[]) {
  const { add, counted } = mannersCounter()
  rows.forEach(add)
  return counted()
}

const row = trajectory()

test('each signal is a share of the rows of its teacher in which signals were looked for', () => {
  const teachers = counted([
    rowOf(row, ['guess', 'guess', 'apology']),
    rowOf(row, ['guess']),
    rowOf(row, []),
    rowOf(row),
    rowOf(row, ['apology'], 'other'),
  ])
  expect(teachers).toMatchObject({
    mini: { rollouts: 4, measured: 3, signals: { guess: 2, apology: 1 } },
    other: { rollouts: 1, measured: 1, signals: { apology: 1 } },
  })
  expect(
    signalTable(teachers)
      .split('\n')
      .map(line => line.trim().split(/\s{2,}/)),
  ).toEqual([
    ['mini', 'guess', '2 of 3', '66.7 %'],
    ['mini', 'apology', '1 of 3', '33.3 %'],
    ['other', 'apology', '1 of 1', '100.0 %'],
  ])
})

test('reminders are counted by what they are of, and teachers that needed none are left out', () => {
  const teachers = counted([rowOf(reminded()), rowOf(reminded()), rowOf(row), rowOf(row, [], 'other')])
  expect(teachers).toMatchObject({
    mini: { rollouts: 3, reminded: { rationale: 2, answer: 2 } },
    other: { reminded: { rationale: 0, answer: 0 } },
  })
  expect(reminderTable(teachers)).toMatch(/^ *mini +2 of a rationale +2 of an answer tag +in 3 rollouts$/)
})

test('where nothing was counted nothing is shown', () => {
  const teachers = counted([rowOf(row)])
  expect([signalTable(teachers), reminderTable(teachers)]).toEqual(['', ''])
})
