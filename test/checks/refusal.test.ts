import { describe, expect, test } from 'vitest'
import { refusal } from '../../checks/refusal.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, reply, trajectory } from '../fixtures.ts'

const stopped: Turn[] = [{ reply: reply({ stop: 'content_filter' }), observations: [] }]

describe('refusal', () => {
  checkConformance(async use =>
    use({
      check: refusal(),
      context: noContext,
      passing: trajectory(),
      failing: trajectory({ turns: stopped }),
    }),
  )
})

test.each([
  'cannot be determined',
  'It can’t be determined',
  'Unknown',
  'N/A',
  "I don't know",
  'Impossible to determine',
  'It is not possible to answer this.',
  'The angle cannot be calculated from what is given.',
  'We are unable to identify the person.',
  'Not enough information',
  'I cannot provide a definitive answer.',
  'Without the survey I can’t provide the exact percentage.',
])('%j is no answer, unless it is the task’s', async answer => {
  const base = trajectory({ turns: [answerTurn(answer)], outcome: { kind: 'answered', answer } })
  expect(await refusal().measure(base, noContext)).toMatchObject({ reason: 'evasive_answer' })
  const task = { ...base.task, answerType: 'text' as const, answer }
  expect(await refusal().measure({ ...base, task }, noContext)).toMatchObject({ passed: true })
})

test.each([
  'It is impossible',
  'Not red',
  'A nail that could not rust',
  'unknown'.repeat(2),
  'We are unable to provide a waiver for basic fares.',
  'A cell that cannot provide enough current',
])('%j is an answer', async answer => {
  const made = trajectory({ turns: [answerTurn(answer)], outcome: { kind: 'answered', answer } })
  expect(await refusal().measure(made, noContext)).toMatchObject({ passed: true })
})

test('that there is none is an answer where the options offer it, right or wrong', async () => {
  const base = trajectory({ outcome: { kind: 'answered', answer: 'NOT ENOUGH INFO' } })
  const choices = ['SUPPORTS', 'REFUTES', 'NOT ENOUGH INFO']
  const task = { ...base.task, choices, answerType: 'choice' as const, answer: 'REFUTES' }
  expect(await refusal().measure({ ...base, task }, noContext)).toMatchObject({ passed: true })
})

test('a reply that the provider ended for its content is one', async () => {
  expect(await refusal().measure(trajectory({ turns: stopped }), noContext)).toMatchObject({
    reason: 'refused',
    detail: 'turn 1 ended by content_filter',
  })
})
