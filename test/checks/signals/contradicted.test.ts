import { expect, test } from 'vitest'
import { contradicted } from '../../../checks/signals/contradicted.ts'
import type { Cell } from '../../../schemas/cell.ts'
import { image, pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

/** What the last cell gave, and what was answered. */
test.each<[Partial<Cell>, string, boolean]>([
  [{ stdout: '8\n' }, '9', true],
  [{ stdout: '', result: '8' }, '9', true],
  [{ stdout: 'width: 8' }, '9', true],
  [{ stdout: 'no' }, 'yes', true],
  [{ stdout: 'answer: no' }, 'yes', true],
  [{ stdout: '8\n' }, '8', false],
  [{ stdout: '2.6667' }, '2.7', false],
  [{ stdout: '(8, 6)' }, '9', false],
  [{ stdout: '8' }, 'red', false],
  [{ stdout: '8', images: [image()] }, '9', false],
  [{ stdout: '8', status: 'error' }, '9', false],
  [{ stdout: 'False' }, 'yes', false],
  [{ stdout: 'red pixels: no 8' }, 'yes', false],
])('after %j the answer %j', async (cell, answer, seen) => {
  expect(await sight(contradicted, { turns: [pythonTurn(cell)], answer })).toBe(seen ? 1 : null)
})

test('a last number that one step of arithmetic on what was observed gives is no contradiction', async () => {
  const turns = [pythonTurn({ stdout: 'left: 30, right: 12' }), pythonTurn({ stdout: '42' })]
  expect(await sight(contradicted, { turns, thought: '30 minus 12.', answer: '18' })).toBeNull()
})
