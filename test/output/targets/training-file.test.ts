import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { visionFamilies } from '../../../output/length/families.ts'
import type { Family } from '../../../output/length/family.ts'
import { axolotl } from '../../../output/targets/axolotl.ts'
import { msSwift } from '../../../output/targets/ms-swift.ts'
import { trl } from '../../../output/targets/trl.ts'
import { verlSft } from '../../../output/targets/verl-sft.ts'
import { totals } from '../rows.ts'

const long = { ...totals, longest: 9_000, pixels: { least: 3_136, most: 602_112 } }

/** Where each trainer is told what a row may have at most. */
test.each([
  ['ms-swift', msSwift(), { max_length: 9_216, max_pixels: 602_112, dataset: ['train'], strict: true }],
  ['TRL', trl(), { max_length: null, assistant_only_loss: true }],
  ['axolotl', axolotl(), { sequence_len: 9_216, processor_kwargs: { max_pixels: 602_112 } }],
  ['verl', verlSft(), { data: { max_length: 9_216, max_token_len_per_gpu: 9_216, train_files: 'train' } }],
])('the training file of %s cuts no row', (_, target, settings) => {
  const file = target.files?.(long)['sft.yaml'] ?? ''
  expect(parse(file)).toMatchObject(settings)
  expect(file).toContain(`# The longest of ${long.rows} rows has 9000 tokens`)
})

test.each([
  ['qwen2_5_vl', 'Qwen/Qwen2.5-VL-7B-Instruct'],
  ['qwen3_vl', 'Qwen/Qwen3-VL-8B-Instruct'],
  ['gemma3', 'google/gemma-3-4b-it'],
  ['llava_next', 'llava-hf/llava-v1.6-vicuna-7b-hf'],
] as const)('a student of the family %s is trained where rows were counted for it', (family, model) => {
  expect(parse(msSwift().files?.({ ...totals, family })['sft.yaml'] ?? '')).toMatchObject({ model })
})

test('bounds for pixels are given to processors of families that have some', () => {
  const settings = (family: Family) =>
    parse(axolotl().files?.({ ...totals, family, pixels: visionFamilies[family].pixels })['sft.yaml'] ?? '')
  expect(settings('qwen3_vl')).toHaveProperty('processor_kwargs.max_pixels', 16384 * 32 ** 2)
  expect(settings('gemma3')).not.toHaveProperty('processor_kwargs')
})

const assistant = (start: string) => [expect.objectContaining({ role: 'assistant', start })]

test.each([
  ['qwen3_vl', 'qwen2_vl', undefined],
  ['gemma3', 'gemma3', undefined],
  ['internvl', 'tokenizer_default', assistant('<|im_start|>assistant\n')],
  ['llava', 'tokenizer_default', assistant('ASSISTANT:')],
] as const)('axolotl is told where a student of the family %s answers', (family, template, boundaries) => {
  const told = parse(axolotl().files?.({ ...totals, family })['sft.yaml'] ?? '')
  expect([told.chat_template, told.role_boundaries]).toEqual([template, boundaries])
})

test('a training file says first how it is called, as the card does', () => {
  for (const target of [msSwift(), trl(), axolotl(), verlSft()]) {
    const [first] = (target.files?.(totals)['sft.yaml'] ?? '').split('\n')
    expect(first).toBe(`# ${target.trainer?.load.replace('in the folder', 'In this folder')}`)
  }
})
