import { expect, test } from 'vitest'
import { turnsRead } from '../../../checks/reading/turns-read.ts'
import { promptEcho } from '../../../checks/signals/prompt-echo.ts'
import { noContext } from '../../check-context.ts'
import { pythonTurn, trajectory } from '../../fixtures.ts'

const question = 'Which of these animals has the longest ears of all of them?'
const choices = ['a very small grey rabbit that sits on the green lawn', 'a fox']
const asked = trajectory({
  system: 'You solve tasks about images. Put your final answer between the two tags and write nothing else.',
  question: [
    {
      type: 'text',
      text: `${question}\nA. ${choices[0]}\nB. a fox\nOnly ever reply with the letter of one option.`,
    },
  ],
})

test.each([
  ['I put my final answer between the two tags and write nothing else.', true],
  ['I should only ever reply with the letter of one option.', true],
  ['Which of these animals has the longest ears of all of them?', false],
  ['It is a very small grey rabbit that sits on the green lawn.', false],
  ['I give my final answer.', false],
])('%j', async (thought, seen) => {
  const row = { ...asked, task: { ...asked.task, question, choices }, turns: [pythonTurn({}, thought)] }
  const found = await promptEcho.find({ trajectory: row, steps: turnsRead(row) }, noContext)
  expect(found?.turn ?? null).toBe(seen ? 1 : null)
})
