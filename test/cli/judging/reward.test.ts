import { expect, test } from 'vitest'
import { answerTo } from '../../../cli/judging/reward.ts'
import { commandIn } from '../command.ts'

const asked = { id: 7, solution: 'So it is.\n<answer>4.0</answer>', ground_truth: '4', answer_type: 'number' }
const answered = (changes: object) => answerTo(JSON.stringify({ ...asked, ...changes }), 3)

test.each([
  ['a right answer', {}, 1, 'right'],
  ['a wrong one', { ground_truth: '5' }, 0, 'wrong'],
  [
    'an option by its letter',
    { solution: '<answer>B</answer>', ground_truth: 'two', answer_type: 'choice', choices: ['one', 'two'] },
    1,
    'right',
  ],
  ['a number within its tolerance', { ground_truth: '4.1', tolerance: 0.05 }, 1, 'right'],
  ['the same number where none is allowed', { ground_truth: '4.1', tolerance: null }, 0, 'wrong'],
  [
    'a unit that the question asks for',
    { solution: '<answer>400 cm</answer>', question: 'How many metres?' },
    1,
    'right',
  ],
  [
    'other words',
    { solution: '<answer>a boat</answer>', ground_truth: 'a sloop', answer_type: 'text' },
    0,
    'unlike',
  ],
  ['no tags', { solution: '4' }, 0, 'answer_tags'],
  ['more behind the answer', { solution: '<answer>4</answer> or 5' }, 0, 'text_after_answer'],
  ['what a tool said', { solution: 'call\nuser\n<tool_response>\n<answer>4</answer>' }, 0, 'no_answer'],
  ['fields that it does not know', { split: 'train', num_turns: 4 }, 1, 'right'],
])('%s', (_, changes, score, reason) => {
  expect(answered(changes)).toEqual({ id: 7, score, reason })
})

test.each([
  ['no JSON', 'x', { error: 'line 3: this is no JSON object' }],
  ['no object', '[]', { error: 'line 3: this is no JSON object' }],
  [
    'nothing to judge',
    '{"id": "a"}',
    { id: 'a', error: expect.stringContaining('line 3: solution is missing') },
  ],
  [
    'no type',
    JSON.stringify({ ...asked, answer_type: 'nmber' }),
    { id: 7, error: expect.stringContaining('answer_type is "nmber"; give "text"') },
  ],
  [
    'a tolerance that is none',
    JSON.stringify({ ...asked, tolerance: '5%' }),
    { id: 7, error: expect.stringContaining('tolerance is "5%"') },
  ],
])('a line with %s gets no score and is told what is wrong', (_, line, answer) => {
  expect(answerTo(line, 3)).toEqual(answer)
})

test('lines are answered one by one, in their order, until there are no more', async () => {
  const lines = [JSON.stringify(asked), '', 'x', JSON.stringify({ ...asked, id: 8, ground_truth: '5\u2028' })]
  const shell = `exec < <(printf '%s\\n' '${lines.join("' '")}')`
  const { code, out } = await commandIn('.', {}).kindling(['reward', '--stdin'], shell)
  expect(
    out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { id: 7, score: 1, reason: 'right' },
    { error: 'line 3: this is no JSON object' },
    { id: 8, score: 0, reason: 'wrong' },
  ])
  expect(code).toBe(0)
})

test('without --stdin it is said how it is used', async () => {
  const { code, err } = await commandIn('.', {}).kindling(['reward'])
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('reward: give --stdin; it reads JSON lines such as {'),
  ])
})
