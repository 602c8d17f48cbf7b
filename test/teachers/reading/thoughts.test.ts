import { describe, expect, test } from 'vitest'
import { deepEyesSft } from '../../../output/targets/deepeyes-sft.ts'
import { hf } from '../../../output/targets/hf.ts'
import { llamaFactory } from '../../../output/targets/llama-factory.ts'
import { apart, holdsThoughts, withoutThoughts } from '../../../teachers/reading/thoughts.ts'
import { tagged } from '../../../teachers/tagged.ts'
import type { Teacher } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { answerTurn, image, kinds, pythonTurn, reply } from '../../fixtures.ts'
import { about, kept } from '../../output/rows.ts'

// A family that marks its thoughts otherwise is one more row.
const marks: [begins: string, ends: string][] = [
  ['<think>', '</think>'],
  ['<THINK>', '</Think>'],
  ['< think >', '< / think >'],
  ['<think duration="3">', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<seed:think>', '</seed:think>'],
  ['<thinking>', '</thinking>'],
  ['<scratchpad>', '</scratchpad>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|channel>thought', '<channel|>'],
]

describe.each(marks)('%s', (begins, ends) => {
  test.each([
    ['closed', `${begins}Hm.${ends}\n\nIt is 3.`, 'It is 3.', ['Hm.']],
    ['begun by the template', `Hm.${ends}\nIt is 3.`, 'It is 3.', ['Hm.']],
    ['never closed', `${begins}\nHm. <answer>3</answer> or`, '', ['\nHm. <answer>3</answer> or']],
    ['behind words', `I look.\n${begins}Hm.${ends}It is 3.`, 'I look.\nIt is 3.', ['Hm.']],
    ['twice', `${begins}a${ends}It${begins}b${ends} is`, 'It is', ['a', 'b']],
    ['one in another', `${begins}a${begins}b${ends}It`, 'It', ['a', 'b']],
    ['closed once too often', `${begins}a${ends}draft${ends}It`, 'It', ['a', 'draft']],
    ['empty', `${begins}\n${ends}It is 3.`, 'It is 3.', ['\n']],
  ])('%s', (_, whole, text, thoughts) => {
    expect(withoutThoughts(whole)).toEqual({ text, thoughts })
    expect(holdsThoughts(whole)).toBe(true)
  })
})

test.each([
  [
    '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>It is 3.<|return|>',
    'It is 3.',
  ],
  ['<|channel|>analysis<|message|>Hm. <answer>9</answer>', ''],
  ['analysisHm, it may be 9.assistantfinalIt is 3.', 'It is 3.'],
  ['<|begin_of_thought|>Hm.<|end_of_thought|><|begin_of_solution|>It is 3.<|end_of_solution|>', 'It is 3.'],
  ['<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>It is 3.<|END_RESPONSE|>', 'It is 3.'],
])('of %s the answer is %s', (whole, text) => {
  expect(withoutThoughts(whole).text).toBe(text)
})

test.each([
  'It is 3.',
  ' I think it is 3. ',
  'a < think',
  'analysis of the picture',
  'the end <|end|>',
  '<answer>3</answer>',
  '<thinker>',
])('%j is said, and stays as it is', text => {
  expect(withoutThoughts(text)).toEqual({ text, thoughts: [] })
})

const says = (text: string, reasoning: string | null = null): Teacher => ({
  name: 'm',
  options: {},
  samples: 1,
  ask: async () => reply({ text, reasoning, raw: { role: 'assistant', content: text } }),
})
const { signal } = new AbortController()
const whole = '<think>Hm.</think>\nI look.\n<code>\n```python\n1\n```\n</code>'

test('thoughts are added to the reasoning, and what goes back is as it came', async () => {
  const said = await apart(says('<think>\nHm.\n</think>It.', 'First.')).ask(question(), signal)
  expect(said).toMatchObject({
    text: 'It.',
    reasoning: 'First.\nHm.',
    raw: { content: '<think>\nHm.\n</think>It.' },
  })
})

test('a protocol whose visible thought stands in the tags reads them there, by every endpoint', async () => {
  const model = { ...says(whole), endpoints: [says(whole)] }
  const teacher = tagged(apart(model))
  const asked = { ...question(), kinds }
  for (const each of [teacher, ...(teacher.endpoints ?? [])])
    expect(await each.ask(asked, signal)).toMatchObject({
      text: 'Hm.\nI look.',
      reasoning: null,
      calls: [{ name: 'python' }],
      raw: whole,
    })
  expect(teacher.endpoints).toHaveLength(1)
})

test('replies of a batch are read so, too', async () => {
  const batch = {
    limits: { requests: 1, bytes: 1 },
    pollEvery: 1,
    submit: async () => 'b',
    find: async () => undefined,
    poll: async () => ({
      done: true as const,
      problem: '',
      results: (async function* () {
        yield { id: 'a', reply: reply({ text: whole }) }
      })(),
    }),
  }
  const teacher = apart({ ...says(''), batch })
  const state = await teacher.batch?.poll('b', signal)
  const results = state?.done ? await Array.fromAsync(state.results) : []
  expect(results).toMatchObject([{ reply: { reasoning: 'Hm.', text: expect.stringMatching(/^I look\./) } }])
})

test('no target trains on thoughts that an older run kept in the text', async () => {
  const turn = pythonTurn({}, '<think>Hm.</think>I look.')
  const item = kept(about([image()], 1, { turns: [turn, answerTurn('8')] }))
  const context = { bytes: async () => new Uint8Array([1]), kinds }
  for (const target of [llamaFactory(), deepEyesSft()])
    expect(await target.row(item, context)).toMatchObject({ keep: false, reason: 'reasoning_in_text' })
  const projected = await hf().row(item, context)
  const messages = projected.keep ? projected.row.trajectory : []
  expect(messages).toMatchObject([
    { role: 'system' },
    { role: 'user' },
    { role: 'assistant', content: '<think>Hm.</think>I look.', train: false },
    { role: 'tool' },
    { role: 'assistant', train: true },
  ])
})
