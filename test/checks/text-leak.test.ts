import { describe, expect, test } from 'vitest'
import { type TextLeakOptions, textLeak } from '../../checks/text-leak.ts'
import type { Task } from '../../schemas/task.ts'
import { noContext, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { trajectory } from '../fixtures.ts'

const about = (task: Partial<Task>) => {
  const base = trajectory()
  return trajectory({
    task: { ...base.task, answerType: 'text', answer: 'Sri Lanka', question: 'Whose flag is it?', ...task },
  })
}
const measure = (task: Partial<Task>, options?: TextLeakOptions) =>
  textLeak(options).measure(about(task), noContext)
const source = { name: 'test', licence: 'CC0-1.0' }

describe('textLeak', () => {
  checkConformance(async use =>
    use({
      check: textLeak(),
      context: noContext,
      passing: about({}),
      failing: about({ id: 'flags/sri-lanka' }),
    }),
  )
})

test.each<[string, Partial<Task>, string]>([
  [
    'the question',
    { question: 'The flag of Sri Lanka is shown. Which country is it?' },
    'in_question: question: ',
  ],
  ['the id', { id: 'flags/sri_lanka/7' }, 'in_id: id: '],
  ['the id, in camel case', { id: 'SriLankaFlag' }, 'in_id: id: '],
  [
    'the address',
    { source: { ...source, url: 'https://example.org/Sri%20Lanka.svg' } },
    'in_url: source.url: ',
  ],
  ['a file’s name', { meta: { image: 'a/sri-lanka.png' } }, 'in_paths: meta.image: '],
  [
    'one of several',
    { meta: { rows: [{ file_name: 'x' }, { file_name: 'sri lanka' }] } },
    'in_paths: meta.rows.1.file_name: ',
  ],
  [
    'a name that labels it, however short',
    { answer: '3', meta: { file: 'q17_answer_3.png' } },
    'in_paths: meta.file',
  ],
  [
    'a label with the answer’s rounding',
    { answer: '3.26', answerType: 'number', meta: { file: 'q17_answer_3.2622.png' } },
    'in_paths',
  ],
  ['a label with a pair', { answer: '(8,9)', meta: { file: 'answer_(8,9).png' } }, 'in_paths'],
  ['an id that labels it', { answer: 'No', answerType: 'boolean', id: 'boats/17-label-no' }, 'in_id: id: '],
  ['a long number', { answer: '12,345', id: 'people/12345' }, 'in_id: id: '],
  [
    'an option’s text in the id',
    { answer: 'Sri Lanka', answerType: 'choice', choices: ['Sri Lanka', 'Laos'], id: 'sri-lanka' },
    'in_id: id: ',
  ],
  ['brackets', { answer: '3', question: 'How many (answer: 3)?' }, 'in_question'],
  ['brackets in brackets', { answer: '(8,9)', question: 'Which pair? (answer: (8,9))' }, 'in_question'],
  ['what is expected', { answer: '3', question: 'Expected: 3\nHow many?' }, 'in_question'],
  ['bold letters', { answer: '3', question: 'How many? **Answer:** 3' }, 'in_question'],
  ['a spoiler', { answer: '3', question: 'How many? (Spoiler: 3)' }, 'in_question'],
  ['a data set’s mark', { answer: '3', question: 'How many?\n#### 3' }, 'in_question'],
  [
    'what is given',
    { answer: '3', question: 'Given that the correct answer is 3, how many?' },
    'in_question',
  ],
  ['a key of answers', { answer: '3', question: 'How many? The answer key says 3.' }, 'in_question'],
  ['a tag', { answer: '3', question: '<label>3</label> How many?' }, 'in_question'],
  ['a box', { answer: '3', question: 'How many? $\\boxed{3}$' }, 'in_question'],
  ['a record', { answer: '3', question: '{"question": "How many?", "answer": "3"}' }, 'in_question'],
  ['a heading', { answer: '3', question: '### Question\nHow many?\n\n### Answer\n3' }, 'in_question'],
  ['a name with a target', { answer: '3', meta: { file: 'q92-target-3.png' } }, 'in_paths'],
  ['a hint', { answer: 'red', question: 'Which colour? Hint: red' }, 'in_question'],
  ['a line of its own', { answer: '3', question: 'How many?\nGround truth = 3' }, 'in_question'],
  [
    'the words before “is the answer”',
    { answer: 'red', question: 'Red is the correct answer. Why?' },
    'in_question',
  ],
  [
    'a letter',
    { answer: 'red', choices: ['blue', 'red'], answerType: 'choice', question: 'Which? The answer is B.' },
    'in_question',
  ],
  [
    'a statement beside alternatives',
    { answer: 'Laos', question: 'Laos or Sri Lanka? The answer is Laos.' },
    'in_question',
  ],
])('the answer stands in %s', async (_, task, expected) => {
  expect(told(await measure(task))).toContain(expected)
})

test.each<[string, Partial<Task>]>([
  ['a part of a word', { answer: 'Oman', id: 'romania/1', question: 'Whose Romanian flag is it?' }],
  ['words with others between', { id: 'sri/old/lanka' }],
  ['a small number', { answer: '42', id: 'charts/42' }],
  ['another number behind a label', { answer: '42', id: 'charts/42/answer_7' }],
  ['a label in metadata that is not looked at', { answer: '42', meta: { note: 'the answer 42' } }],
  ['a year', { answer: '1984', id: 'charts/1984' }],
  ['a part of a number', { answer: '12345', id: 'charts/123456' }],
  ['a short word', { answer: 'red', id: 'red/1' }],
  ['yes', { answer: 'true', answerType: 'boolean', id: 'true' }],
  ['options', { question: 'Is it Sri Lanka?', choices: ['Sri Lanka', 'Laos'], answerType: 'choice' }],
  ['the taller of two', { answer: 'Plum', question: 'Compare the bars Plum, Kiwi: name the taller.' }],
  ['one of two things, without “or”', { answer: 'Plum', question: 'Kiwi and Plum: name the taller bar.' }],
  ['one that is larger than another', { answer: 'Plum', question: 'Is the bar of Plum taller than Kiwi?' }],
  ['one that came first', { answer: 'Laos', question: 'Laos, Peru. Who was older?' }],
  ['one of a pair', { answer: 'Laos', question: 'Of the flags of Peru and Laos, name the redder.' }],
  ['one against another', { answer: 'Laos', question: 'Laos vs Peru. Who won?' }],
  ['an alternative', { question: 'Which is larger, Sri Lanka or Laos?' }],
  ['one of those compared', { question: 'Which of Laos and Sri Lanka is larger?' }],
  ['one of a list', { question: 'Laos, Sri Lanka, Nepal: which is largest?' }],
  ['the evidence in the metadata', { meta: { country: 'Sri Lanka' } }],
  ['a number in a question', { answer: '3', question: 'How many of the 3 bars are red?' }],
  [
    'a form in brackets',
    { answer: '(5,6)', question: 'How many rows and columns? Answer with a pair, e.g. (5,6).' },
  ],
  ['a number of decimals', { answer: '3', question: 'How long is it? Answer with 3 decimals.' }],
  ['a choice of words', { answer: 'up', question: 'Up or down? Answer with "up" or "down".' }],
  ['a sign', { answer: '3', question: 'The sign says 3. How many are there?' }],
  ['an arrow to something else', { answer: '3', question: 'How many go from A -> B?' }],
  ['a tag that is none', { answer: '3', question: 'How many <b>3</b> are there?' }],
  ['a form to answer in', { answer: '3', question: 'How many? Give it as a number, e.g. answer: 3' }],
  ['a choice of answers', { answer: 'no', answerType: 'boolean', question: 'Is it red? Answer: yes or no' }],
  ['a condition', { answer: '3', question: 'If it is 3, what is its double?' }],
  ['a supposition', { answer: '3', question: 'Suppose it is 3. How many are missing?' }],
  ['another statement', { answer: '3', question: 'It is 4. How many are missing?' }],
  ['a statement of more', { answer: '3', question: 'It is 3 times as long. How many are there?' }],
  ['an option in the question', { answer: '3', question: 'How many are there?\nA: 3\nB: 4' }],
  [
    'a case among options',
    {
      answer: 'red',
      choices: ['red', 'blue'],
      answerType: 'choice',
      question: 'It is red. What is its colour?',
    },
  ],
])('%s is no leak', async (_, task) => {
  expect(await measure(task)).toMatchObject({ passed: true })
})

test('where to look and how little is too little are options', async () => {
  expect(await measure({ meta: { country: 'Sri Lanka' } }, { where: ['meta'] })).toMatchObject({
    reason: 'in_meta',
    detail: 'meta.country: "Sri Lanka"',
  })
  expect(await measure({ id: 'sri-lanka' }, { where: ['question'] })).toMatchObject({ passed: true })
  expect(await measure({ answer: '1984', id: 'charts/1984' }, { minDigits: 4 })).toMatchObject({
    reason: 'in_id',
  })
  expect(await measure({ answer: 'red', id: 'red/1' }, { minLetters: 3 })).toMatchObject({ reason: 'in_id' })
})
