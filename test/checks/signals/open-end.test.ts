import { expect, test } from 'vitest'
import { openEnd } from '../../../checks/signals/open-end.ts'
import { pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

test.each([
  ['I measure the', true],
  ['I measure the width,', true],
  ['I crop it because', true],
  ['But since the label says "', true],
  ['I measure it', false],
  ['I measure it:', false],
  ['I find out where it comes from', false],
  ['I take option A', false],
  ['I run\n```python\nsum((1,\n```', false],
])('%j before a call', async (thought, seen) => {
  expect(await sight(openEnd, { turns: [pythonTurn({}, thought)] })).toBe(seen ? 1 : null)
})

test('what stands before an answer may run on into it', async () => {
  expect(await sight(openEnd, { thought: 'What he plays is the' })).toBeNull()
})
