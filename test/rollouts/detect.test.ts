import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectFormat, formatNames } from '../../rollouts/detect.ts'
import { storyFolder } from './story.ts'
import { zipOf } from './zip.ts'

const user = { role: 'user', content: 'How wide is it?' }
const said = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more })
const human = { from: 'human', value: 'How wide is it?' }
const gpt = (value: string) => ({ from: 'gpt', value })
const plain = { messages: [user, said('<answer>8</answer>')] }

/** Rows by the format that they are told for. */
const table: [string, object[]][] = [
  ['kindling', [{ schema_version: 1, trajectory: [], facts: '[]' }]],
  ['atif', [{ schema_version: 'ATIF-v1.7', agent: {}, steps: [] }]],
  ['verifiers', [{ id: 'a', traces: [{ nodes: [] }] }]],
  ['open_think', [{ conversations: [human, gpt('{"thought": "Hm.", "actions": []}')] }]],
  ['open_search', [{ conversations: [human, gpt('<response>8</response>')] }]],
  [
    'open_search',
    [{ conversations: [human, gpt('Hm.')] }, { conversations: [human, gpt('<response>8</response>')] }],
  ],
  ['share_gpt', [{ conversations: [human, gpt('<answer>8</answer>')] }]],
  ['pixel_reasoner', [{ message_list: [{ role: 'user', content: [{ text: 'How?' }] }] }]],
  ['thyme', [{ image: [], question: 'How?', response: '<think>So.</think>' }]],
  ['ms_swift', [{ messages: [user, { role: 'tool_call', content: '{}' }] }, plain]],
  [
    'anthropic_messages',
    [{ messages: [user, said([{ type: 'tool_use', id: 'a', name: 'b', input: {} }])] }, plain],
  ],
  ['deepeyes_sft', [{ messages: [user, said('<code>1</code>')] }, plain]],
  ['deepeyes_sft', [{ messages: [user, said('<tool_call>{"name": "image_search"}</tool_call>')] }]],
  ['openai_messages', [{ messages: [user, said(null, { tool_calls: [] }), { role: 'tool', content: 'x' }] }]],
  ['openai_messages', [{ prompt: [user], completion: [said('8')] }]],
]

test.each(table)('tells %s', async (name, rows) => {
  await using folder = await storyFolder()
  expect(await detectFormat(await folder.rows('rows.jsonl', rows))).toMatchObject({
    kind: 'format',
    name,
    of: rows.length,
  })
})

test('a log of Inspect is known by its end, and every format has its row', async () => {
  await using folder = await storyFolder()
  const file = join(folder.path, 'a.eval')
  await writeFile(file, zipOf([['header.json', '{}']], 'zstd'))
  expect(await detectFormat(file)).toMatchObject({ kind: 'format', name: 'inspect_log' })
  expect(new Set([...table.map(([name]) => name), 'inspect_log'])).toEqual(new Set(formatNames))
})

test.each<[string, object[], object]>([
  [
    'an RL pool is tasks',
    [{ prompt: [user], images: [], reward_model: { ground_truth: '8' } }],
    { kind: 'tasks', rows: 1 },
  ],
  ['what nothing is known by', [{ first: 1, second: 2 }], { kind: 'unknown', fields: ['first', 'second'] }],
  [
    'two at once',
    [{ conversations: [human, gpt('8')] }, { message_list: [{}] }],
    { kind: 'several', names: ['share_gpt', 'pixel_reasoner'] },
  ],
  ['no row at all', [], { kind: 'none' }],
])('%s: that is said', async (_, rows, expected) => {
  await using folder = await storyFolder()
  expect(await detectFormat(await folder.rows('rows.jsonl', rows))).toMatchObject(expected)
})

test('a path at which there is nothing is said', async () => {
  expect(await detectFormat('/nowhere/at/all')).toMatchObject({
    kind: 'none',
    problem: expect.stringContaining('no file'),
  })
})
