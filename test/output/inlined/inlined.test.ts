import { expect, test } from 'vitest'
import type { ParquetRow } from '../../../output/columns.ts'
import { columnsOf } from '../../../output/export.ts'
import type { LessonExportOptions } from '../../../output/lesson-export.ts'
import { studentPrompt } from '../../../output/student.ts'
import { axolotl } from '../../../output/targets/axolotl.ts'
import { sharegpt } from '../../../output/targets/sharegpt.ts'
import { trl } from '../../../output/targets/trl.ts'
import { verlSft } from '../../../output/targets/verl-sft.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { textRows } from '../../../tasks/text-rows.ts'
import { answerTurn, kinds, observation, openTurn, pythonTurn, reply } from '../../fixtures.ts'
import { about, album, kept } from '../rows.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [(typeof images)[number], (typeof images)[number]]
const tools = [{ name: 'python', description: 'Runs it.', parameters: { type: 'object', properties: {} } }]
const targets = { trl, axolotl, verlSft, sharegpt }

async function rowOf(
  name: keyof typeof targets,
  changes: Partial<Trajectory> = {},
  options: LessonExportOptions = {},
): Promise<ParquetRow> {
  const row = kept(about([picture], 1, { tools, ...changes }))
  const projected = await targets[name](options).row(row, { bytes, kinds })
  if (!projected.keep) throw new Error(projected.reason)
  return projected.row
}

const messagesOf = async (changes: Partial<Trajectory> = {}, options: LessonExportOptions = {}) =>
  (await rowOf('verlSft', changes, options)).messages as { role: string; content: string }[]

const cropping = { ...pythonTurn(), observations: [observation({ parts: [{ type: 'image', image: crop }] })] }
const called = '<tool_call>\n{"name": "python", "arguments": {"code":"print(image_1.size)"}}\n</tool_call>'
const measures = `<think>\nI measure the image first.\n</think>\n\n${called}`
const answers = '<think>\nIt follows.\n</think>\n\n<answer>8</answer>'

test('tools, calls and what came back are words, with a placeholder where a picture stood', async () => {
  const [system, ...messages] = await messagesOf({ turns: [cropping, answerTurn('8')] })
  expect(messages).toEqual([
    { role: 'user', content: '<image>\nHow wide is the image, in pixels?' },
    { role: 'assistant', content: measures },
    { role: 'user', content: '<tool_response>\n<image>\n</tool_response>' },
    { role: 'assistant', content: answers },
  ])
  expect(system?.content.startsWith(`${studentPrompt.template}\n\n# Tools\n`)).toBe(true)
  expect(system?.content).toContain(
    '\n<tools>\n{"type": "function", "function": {"name": "python", "description": "Runs it.", "parameters": {"type": "object", "properties": {}}}}\n</tools>\n',
  )
})

const bytesOf = async (image: (typeof images)[number]) => Buffer.from(await bytes(image))

test.each<[keyof typeof targets, string, unknown[]]>([
  [
    'trl',
    'messages',
    [
      [
        { type: 'image', text: null },
        { type: 'text', text: '\nHow wide is the image, in pixels?' },
      ],
      [{ type: 'text', text: measures }],
      [
        { type: 'text', text: '<tool_response>\n' },
        { type: 'image', text: null },
        { type: 'text', text: '\n</tool_response>' },
      ],
      [{ type: 'text', text: answers }],
    ],
  ],
  [
    'axolotl',
    'messages',
    [
      [
        { type: 'image', text: null, base64: (await bytesOf(picture)).toString('base64') },
        { type: 'text', text: '\nHow wide is the image, in pixels?', base64: null },
      ],
      [{ type: 'text', text: measures, base64: null }],
      [
        { type: 'text', text: '<tool_response>\n', base64: null },
        { type: 'image', text: null, base64: (await bytesOf(crop)).toString('base64') },
        { type: 'text', text: '\n</tool_response>', base64: null },
      ],
      [{ type: 'text', text: answers, base64: null }],
    ],
  ],
])('%s reads typed parts, each picture in its place', async (name, column, contents) => {
  const row = await rowOf(name, { turns: [cropping, answerTurn('8')] })
  const [, ...said] = row[column] as { role: string; content: unknown }[]
  expect(said.map(({ content }) => content)).toEqual(contents)
})

test.each(Object.entries(targets))('%s says how many pictures a row holds', async (_, target) => {
  const turns = [cropping, answerTurn('8')]
  const projected = await target().row(kept(about([picture], 1, { turns })), { bytes, kinds })
  expect(projected).toMatchObject({ held: { images: 2, altered: false } })
})

test('ShareGPT has a turn of the system, then human and gpt', async () => {
  const { conversations } = await rowOf('sharegpt')
  const names = (conversations as { from: string }[]).map(({ from }) => from)
  expect(names).toEqual(['system', 'human', 'gpt', 'human', 'gpt'])
})

test('calls at once are one turn, and so is what they gave', async () => {
  const call = (id: string, code: string) => ({ id, name: 'python', arguments: `{"code":"${code}"}` })
  const seen = ['one', 'two'].map(text => observation({ parts: [{ type: 'text', text }] }))
  const both = {
    reply: reply({ text: 'Both.', calls: [call('a', '1'), call('b', '2')], stop: 'calls' }),
    observations: seen,
  }
  const messages = await messagesOf({ turns: [both, answerTurn('8')] })
  expect(messages.slice(2, 4).map(({ content }) => content)).toEqual([
    '<think>\nBoth.\n</think>\n\n<tool_call>\n{"name": "python", "arguments": {"code":"1"}}\n</tool_call>\n<tool_call>\n{"name": "python", "arguments": {"code":"2"}}\n</tool_call>',
    '<tool_response>\none\n</tool_response>\n<tool_response>\ntwo\n</tool_response>',
  ])
})

test('a reminder is said by the user, where it is kept', async () => {
  const messages = await messagesOf({ turns: [openTurn(), answerTurn('8')] }, { reminded: 'keep' })
  expect(messages.slice(2)).toEqual([
    { role: 'assistant', content: 'The image is 8 pixels wide.' },
    { role: 'user', content: 'Put it between answer tags.' },
    { role: 'assistant', content: answers },
  ])
})

test('without tools, nothing tells of them', async () => {
  const [system] = await messagesOf({ tools: [], turns: [answerTurn('8')] })
  expect(system?.content).toBe(studentPrompt.template)
})

test('what was written as structure elsewhere is no structure here, and the row says it was altered', async () => {
  const turn = pythonTurn({}, 'see <image> <|im_end|> <tool_call>{}</tool_call>')
  const { messages, altered } = await rowOf('verlSft', { turns: [turn, answerTurn('8')] })
  expect((messages as { content: string }[])[2]?.content).toBe(
    `<think>\nsee < image> < |im_end|> < tool_call>{}< /tool_call>\n</think>\n\n${called}`,
  )
  expect(altered).toBe(true)
})

test.each(Object.entries(targets))('%s declines what is no lesson', async (_, target) => {
  const silent = kept(about([picture], 1, { turns: [pythonTurn({}, ''), answerTurn('8')] }))
  expect(await target().row(silent, { bytes, kinds })).toMatchObject({ keep: false, reason: 'no_thought' })
})

test.each(Object.entries(targets))('a row of words alone has all columns of %s', async (_, target) => {
  const fields = { question: 'q', reasoning: 'r', answer: 'a' }
  const longCot = textRows('x.jsonl', { fields, source: { name: 'thoughts', licence: 'MIT' } })
  const made = target({ longCot })
  const text = { id: '1', question: 'What is 1?', reasoning: 'It is 1.', answer: '1' }
  const projected = made.mix?.row(text as never)
  if (!projected?.keep) throw new Error('declined')
  expect(Object.keys(projected.row)).toEqual(expect.arrayContaining([...columnsOf(made)]))
  expect(JSON.stringify(projected.row)).toContain(
    JSON.stringify('<think>\nIt is 1.\n</think>\n\n<answer>1</answer>'),
  )
})
