import { describe, expect, test } from 'vitest'
import { truncated } from '../../checks/truncated.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, reply, trajectory } from '../fixtures.ts'

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })

describe('truncated', () => {
  checkConformance(async use =>
    use({
      check: truncated(),
      context: noContext,
      passing: saying('I measure it.'),
      failing: saying('It is <answer>8'),
    }),
  )
})

test.each([
  ['I run this:\n```python\nprint(8)', 'left_open'],
  ['It is <answer>8', 'left_open'],
])('%j was cut', async (text, reason) => {
  expect(await truncated().measure(saying(text), noContext)).toMatchObject({
    reason,
    detail: expect.stringContaining('turn 1'),
  })
})

test.each([
  ['I measure the width,'],
  ['```DONE```'],
  ['I note ```a = 1``` and ```b = 2```'],
  ['I run this:\n```python\nprint(8)\n```\nand see'],
  [''],
])('%j may be whole', async text => {
  expect(await truncated().measure(saying(text), noContext)).toMatchObject({ passed: true })
})

test('a reply that was ended for its length is cut', async () => {
  const turns: Turn[] = [{ ...pythonTurn(), reply: reply({ stop: 'length' }) }, answerTurn('8')]
  expect(await truncated().measure(trajectory({ turns }), noContext)).toMatchObject({
    reason: 'reply_cut',
    detail: 'turn 1 ended by length',
  })
})
