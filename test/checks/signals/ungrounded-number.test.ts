import { expect, test } from 'vitest'
import { ungroundedNumber } from '../../../checks/signals/ungrounded-number.ts'
import { pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

const apples = [pythonTurn({ stdout: 'apples: 12\npears: 30' })]

test.each<[string, string, boolean]>([
  ['43', 'So there are 43.', true],
  ['42', 'There are 12 + 30 = 42.', false],
  ['43', 'There are 12 + 30 = 43.', true],
  ['12', '', false],
  ['red', '', false],
])('%s after %j, where there were 12 and 30: %s', async (answer, thought, seen) => {
  expect(await sight(ungroundedNumber, { turns: apples, thought, answer })).toBe(seen ? 2 : null)
})

test('an answer without any observation is for grounded', async () => {
  expect(await sight(ungroundedNumber, { answer: '43' })).toBeNull()
})
