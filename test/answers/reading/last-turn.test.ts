import { expect, test } from 'vitest'
import { answerSaid } from '../../../answers/reading/answer-said.ts'
import { lastTurn } from '../../../answers/reading/last-turn.ts'

const said = '<think>\nIt is four.\n</think>\n\n<answer>4</answer>'
const call = '<tool_call>\n{"name": "python"}\n</tool_call>'
const results = '<tool_response>\n<answer>5</answer>\n</tool_response>'

test.each([
  ['a turn alone', said, said],
  ['a turn with its end', `${said}<|im_end|>\n`, said],
  ['a turn with its end and padding', `${said}<|im_end|><|endoftext|><|endoftext|>`, said],
  ['a rollout without control tokens', `${call}\nuser\n${results}\nassistant\n${said}`, said],
  [
    'a rollout with control tokens',
    `<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n${call}<|im_end|>\n<|im_start|>user\n${results}<|im_end|>\n<|im_start|>assistant\n${said}<|im_end|>`,
    said,
  ],
  ['a turn in which nothing was said', `${call}\nuser\n${results}\nassistant\n`, ''],
  ['what only speaks of an assistant', `The assistant\nis here. ${said}`, `The assistant\nis here. ${said}`],
  ['a rollout that ends in a result', `${call}\nuser\n${results}`, null],
  [
    'a result that opens a turn',
    `${call}\nuser\n<tool_response>\nassistant\n${said}\n</tool_response>`,
    null,
  ],
  [
    'a rollout with control tokens that ends in a result',
    `<|im_start|>assistant\n${call}<|im_end|>\n<|im_start|>user\n<answer>4</answer>`,
    null,
  ],
])('the last turn of %s', (_, rollout, turn) => {
  expect(lastTurn(rollout)).toBe(turn)
})

test.each([
  [said, { kind: 'answer', answer: '4' }],
  ['<answer>\n 4 \n</answer>\n', { kind: 'answer', answer: '4' }],
  ['<answer></answer>', { kind: 'answer', answer: '' }],
  ['4', { kind: 'none', reason: 'answer_tags', found: '' }],
  ['<answer>4', { kind: 'none', reason: 'answer_tags', found: '<answer>' }],
  ['</answer>4<answer>', { kind: 'none', reason: 'answer_tags', found: '</answer><answer>' }],
  [`<answer>3</answer>${said}`, { reason: 'answer_tags', found: '<answer></answer><answer></answer>' }],
  [`${said} or 5`, { kind: 'none', reason: 'text_after_answer', found: 'or 5' }],
])('what %j says between answer tags', (text, answer) => {
  expect(answerSaid(text)).toMatchObject(answer)
})
