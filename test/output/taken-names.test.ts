import { expect, test } from 'vitest'
import { columnsOf } from '../../output/export.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'

/** Columns that a trainer takes, unasked, for what it is to train on, as its own code names them. */
const taken = {
  // swift/dataset/preprocessor/core.py, version 4.4: any spelling of a name, and a question with an answer is a row.
  'ms-swift': [
    ...['messages', 'conversation', 'conversations', 'history', 'system', 'system_prompt'],
    ...['query', 'prompt', 'input', 'instruction', 'question', 'problem'],
    ...['response', 'answer', 'output', 'targets', 'target', 'answer_key', 'answers', 'solution'],
    ...[
      'text',
      'completion',
      'content',
      'rejected_response',
      'rejected_messages',
      'positive_messages',
      'label',
    ],
  ],
  // trl/data_utils.py and trainer/sft_trainer.py, version 0.24 to 1.16.
  TRL: ['text', 'messages', 'conversations', 'prompt', 'completion', 'chosen', 'rejected', 'label'],
  // data/parser.py, version 0.9.5, where an entry names no columns.
  'LLaMA-Factory': ['conversations', 'messages', 'instruction', 'input', 'output'],
  // prompt_strategies/, version 0.18, by type of data set.
  axolotl: [
    ...['messages', 'conversations', 'system', 'prompt', 'completion', 'text', 'chosen', 'rejected'],
    ...['instruction', 'input', 'output', 'question', 'answer', 'response', 'segments', 'article'],
  ],
  // trainer/config/*.yaml, version 0.8.
  verl: ['messages', 'prompt', 'response', 'question', 'answer', 'data_source', 'reward_model', 'extra_info'],
  // cli/train_*.py, version 0.11.
  OpenRLHF: ['input', 'output', 'prompt', 'label', 'chosen', 'rejected', 'context_messages', 'datasource'],
  // unsloth_zoo/vision_utils.py.
  Unsloth: ['messages', 'conversations', 'prompt', 'completion', 'text'],
}

const views = [hf(), rejected(), screenedOut()]

test.each(Object.entries(taken))('%s finds nothing to train on in what is only for reading', (_, names) => {
  for (const view of views)
    expect(columnsOf(view).filter(column => names.includes(column.toLowerCase()))).toEqual([])
})
