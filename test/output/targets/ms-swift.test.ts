import { expect, test } from 'vitest'
import type { LessonExportOptions } from '../../../output/lesson-export.ts'
import { msSwift } from '../../../output/targets/ms-swift.ts'
import type { Trajectory, Turn } from '../../../schemas/trajectory.ts'
import { textRows } from '../../../tasks/text-rows.ts'
import { answerTurn, kinds, observation, openTurn, pythonTurn, reply } from '../../fixtures.ts'
import { about, album, kept } from '../rows.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [(typeof images)[number], (typeof images)[number]]

const project = (changes: Partial<Trajectory>, options: LessonExportOptions = {}) =>
  msSwift(options).row(kept(about([picture], 1, changes)), { bytes, kinds })

async function messagesOf(turns: Turn[], options: LessonExportOptions = {}): Promise<unknown[]> {
  const projected = await project({ turns }, options)
  if (!projected.keep) throw new Error(projected.reason)
  return (projected.row.messages as unknown[]).slice(2)
}

const thinks = { role: 'assistant', content: '<think>\nI measure the image first.\n</think>\n\n', loss: true }
const call = {
  role: 'tool_call',
  content: '{"name": "python", "arguments": {"code":"print(image_1.size)"}}',
  loss: true,
}
const answers = {
  role: 'assistant',
  content: '<think>\nIt follows.\n</think>\n\n<answer>8</answer>',
  loss: true,
}
const response = (content: string) => ({ role: 'tool_response', content, loss: null })
const calls = { ...pythonTurn().reply, calls: [...pythonTurn().reply.calls, ...pythonTurn().reply.calls] }
const seen = [observation({ parts: [{ type: 'image', image: crop }] }), observation()]

test.each<[title: string, turns: Turn[], options: LessonExportOptions, messages: unknown[]]>([
  [
    'a call and an answer',
    [pythonTurn(), answerTurn('8')],
    {},
    [thinks, call, response('stdout:\n(8, 6)'), answers],
  ],
  [
    'calls at once, and what they gave in their order',
    [{ reply: calls, observations: seen }, answerTurn('8')],
    {},
    [thinks, call, call, response('<image>'), response('stdout:\n(8, 6)'), answers],
  ],
  [
    'a call without a thought, where it is kept',
    [pythonTurn({}, ''), answerTurn('8')],
    { silent: 'keep' },
    [call, response('stdout:\n(8, 6)'), answers],
  ],
  [
    'what a teacher was reminded of, without a loss on it',
    [openTurn(), answerTurn('8')],
    { reminded: 'keep' },
    [
      { role: 'assistant', content: 'The image is 8 pixels wide.', loss: false },
      { role: 'user', content: 'Put it between answer tags.', loss: null },
      answers,
    ],
  ],
])('a row says %s in the roles of ms-swift', async (_, turns, options, messages) => {
  expect(await messagesOf(turns, options)).toEqual(messages)
})

test('tools are JSON text, and the pictures lie in the order of their placeholders', async () => {
  const tools = [{ name: 'python', description: 'Runs it.', parameters: {} }]
  const turns = [{ ...pythonTurn(), observations: seen.slice(0, 1) }, answerTurn('8')]
  expect(await project({ tools, turns })).toMatchObject({
    row: {
      tools: JSON.stringify(tools.map(tool => ({ type: 'function', function: tool }))),
      images: [{ path: `${picture.sha256}.png` }, { path: `${crop.sha256}.png` }],
    },
  })
})

test('tags of the trainer in a text are changed, and the row says so', async () => {
  const said = reply({ text: 'It is <tool_call>.\n<answer>8</answer>' })
  const projected = await project({ turns: [{ reply: said, observations: [] }] })
  expect(projected).toMatchObject({ row: { altered: true } })
})

test('a row of words alone has no tools', () => {
  const fields = { question: 'q', reasoning: 'r', answer: 'a' }
  const longCot = textRows('x.jsonl', { fields, source: { name: 'thoughts', licence: 'MIT' } })
  const text = { id: '1', question: 'What is 1?', reasoning: 'It is 1.', answer: '1' }
  expect(msSwift({ longCot }).mix?.row(text as never)).toMatchObject({
    row: {
      messages: [
        { role: 'user', content: 'What is 1?', loss: null },
        { role: 'assistant', content: '<think>\nIt is 1.\n</think>\n\n<answer>1</answer>', loss: true },
      ],
      tools: '[]',
      images: [],
    },
  })
})
