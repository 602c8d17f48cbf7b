import { expect, test } from 'vitest'
import { answeredFirst } from '../../../checks/signals/answered-first.ts'
import { pythonTurn } from '../../fixtures.ts'
import { sight } from './sight.ts'

/** What was said before anything was seen, and the answer that was given in the end. */
test.each<[string, string, boolean]>([
  ['The answer is 8. I measure it to show that.', '8', true],
  ['The answer has to be 8.', '8', true],
  ['The picture holds 1284 dots altogether.', '1284', true],
  ['This flag belongs to Norway, and I only search for form’s sake.', 'Norway', true],
  ['The ratio comes to 4.2 by eye.', '4.2', true],
  ['The sign names New Zealand.', 'New Zealand', true],
  ['I measure the image.', '8', false],
  ['If the answer is 8, the image is small.', '8', false],
  ['The answer is 9.', '8', false],
  ['Perhaps there are 1284 dots.', '1284', false],
  ['I will search for Norway.', 'Norway', false],
  ['Is it Norway?', 'Norway', false],
  ['1. Read the file.\n2. Sort it.\n3. Print what remains.', '3', false],
  ['The bars are labelled Kiwi, Plum and Melon. I crop each of them.', 'Plum', false],
  ['The bars are labelled Kiwi, Plum and Melon. I crop each of them.', 'Melon', false],
])('%j before anything was seen, answered with %s', async (thought, answer, seen) => {
  const turns = [pythonTurn({ stdout: answer }, thought)]
  expect(await sight(answeredFirst, { turns, answer })).toBe(seen ? 1 : null)
})

test('what the question names, and what is said after something was seen, is no answer given first', async () => {
  const named = 'The picture holds 1284 dots.'
  const question = 'Does the picture hold 1284 dots? How many?'
  const turns = [pythonTurn({ stdout: '1284' }, named)]
  expect(await sight(answeredFirst, { turns, answer: '1284', task: { question } })).toBeNull()
  const later = [pythonTurn({ stdout: '1284' }), pythonTurn({ stdout: '1284' }, named)]
  expect(await sight(answeredFirst, { turns: later, answer: '1284' })).toBeNull()
})
