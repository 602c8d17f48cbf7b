import { expect, test } from 'vitest'
import { anthropicMessages } from '../../../rollouts/formats/anthropic-messages.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { png } from '../../fixtures.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const picture = async (width: number, height: number) => ({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: (await png(width, height)).toString('base64') },
})
const [asked, drawn] = [await picture(8, 6), await picture(4, 4)]
const used = { type: 'tool_use', id: 'c1', name: 'python', input: { code: story.code } }
const result = {
  type: 'tool_result',
  tool_use_id: 'c1',
  content: [{ type: 'text', text: story.shown }, drawn],
}
const messages = (given: object = result) => [
  { role: 'user', content: [asked, { type: 'text', text: story.question }] },
  {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'x' },
      { type: 'text', text: story.thought },
      used,
    ],
  },
  { role: 'user', content: [given] },
  { role: 'assistant', content: `${story.final}\n<answer>8</answer>` },
]
const row = (id: number) => ({
  id: `row/${id}`,
  system: story.system,
  messages: messages(),
  tools: [{ name: 'python', input_schema: { type: 'object' } }],
})

rolloutSourceConformance(linesCase(file => anthropicMessages(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(anthropicMessages(await folder.rows('rows.jsonl', [given])))
}

test('reads blocks of calls, results and thoughts', async () => {
  const draft = await read(row(1))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject({ system: story.system, tools: [{ name: 'python' }], lacks: ['raw_arguments'] })
  expect(draft.turns[0]).toMatchObject({ reasoning: 'Hm.' })
})

test.each<[string, object, object]>([
  ['a result of text alone', { ...result, content: story.shown }, { parts: [{ text: story.shown }] }],
  ['a result that failed', { ...result, is_error: true }, { failed: true }],
  [
    'a picture whose bytes are none',
    { ...result, content: [{ ...drawn, source: { ...drawn.source, data: '?' } }] },
    { parts: [{ gap: 'image_broken' }] },
  ],
  [
    'a picture of the web',
    { ...result, content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/b.png' } }] },
    { parts: [{ gap: 'remote_image' }] },
  ],
  [
    'a picture that only they have',
    { ...result, content: [{ type: 'image', source: { type: 'file', file_id: 'f1' } }] },
    { parts: [{ gap: 'image_missing' }] },
  ],
])('reads %s', async (_, given, expected) => {
  const draft = await read({ messages: messages(given) })
  expect(draft.turns[0]?.results[0]).toMatchObject(expected)
})
