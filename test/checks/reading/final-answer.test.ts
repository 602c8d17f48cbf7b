import { expect, test } from 'vitest'
import { compareAnswer } from '../../../answers/compare.ts'
import { finalAnswer } from '../../../checks/reading/final-answer.ts'
import type { AnswerType } from '../../../schemas/task.ts'

type Asked = [question: string, answer: string, answerType: AnswerType, choices?: string[]]
const capital: Asked = ['What is the capital of France?', 'Paris', 'text']
const stars: Asked = ['How many stars are there?', '4', 'number']
const colour: Asked = ['Which colour does the bar have?', 'blue', 'choice', ['red', 'blue']]
const open: Asked = ['Is the door open?', 'yes', 'boolean']

/** What a student without answer tags writes, and whether it is right, wrong or no answer. */
const table: [asked: Asked, says: string, outcome: 'right' | 'wrong' | 'none'][] = [
  [capital, 'The capital of France is Paris.', 'right'],
  [capital, 'Paris', 'right'],
  [capital, '**Paris**.', 'right'],
  [capital, 'I know this one. The answer is Paris.', 'right'],
  [capital, 'Answer: Paris', 'right'],
  [capital, 'France has many cities.\n\nFinal answer: **Paris**', 'right'],
  [capital, 'The capital of France is Lyon.', 'wrong'],
  [capital, 'Lyon', 'wrong'],
  [capital, 'It might be Paris.', 'none'],
  [capital, 'I am not sure.', 'none'],
  [capital, 'Is it Paris?', 'none'],
  [capital, 'I would have to look that up in a list of capitals.', 'none'],
  [
    capital,
    'Paris is a city, Lyon is a city and so is Nice, and all of them have a river that one can see.',
    'none',
  ],
  [capital, '', 'none'],
  [stars, 'There are 4 stars.', 'right'],
  [stars, 'I count 4 stars.', 'right'],
  [stars, 'I see two on the left and two on the right. So there are 4 stars.', 'right'],
  [stars, 'Therefore, there are 4 stars of which each has five points and one has none.', 'right'],
  [stars, '2 + 2 = 4', 'right'],
  [stars, '\\boxed{4}', 'right'],
  [stars, 'four', 'right'],
  [stars, 'The number of stars is 5.', 'wrong'],
  [stars, 'I cannot count them.', 'none'],
  [colour, 'The bar is blue.', 'right'],
  [colour, 'B', 'right'],
  [colour, 'The correct option is (B).', 'right'],
  [colour, 'The bar is red.', 'wrong'],
  [open, 'Yes.', 'right'],
  [open, 'No', 'wrong'],
]

test.each(table)('%j: %j is %s', ([question, answer, answerType, choices], says, outcome) => {
  const task = { question, answer, answerType, choices: choices ?? null, tolerance: null }
  const given = finalAnswer(says)
  const ruled = given === null ? 'none' : compareAnswer(given, task).kind === 'same' ? 'right' : 'wrong'
  expect(ruled, String(given)).toBe(outcome)
})
