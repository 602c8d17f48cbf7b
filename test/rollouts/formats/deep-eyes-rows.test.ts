import { expect, test } from 'vitest'
import { deepEyesRows } from '../../../rollouts/formats/deep-eyes-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const images = ['a.png', 'b.png']
const question = { role: 'user', content: `<image>\n${story.question}` }
const code = `<code>\n\`\`\`python\n${story.code}\n\`\`\`\n</code>`
const called = (before: string) => ({ role: 'assistant', content: `${before}${code}` })
const shown = 'Code execution result:\nstdout:\n```\n8\n```\n\nstderr:\n```\n\n```\n\nImages:'
const result = { role: 'user', content: `${shown}\n<image>` }
const final = { role: 'assistant', content: `<think>${story.final}</think>\n<answer>8</answer>` }
const row = (id: number) => ({
  id: `row/${id}`,
  messages: [question, called(`<think>${story.thought}</think>\n`), result, final],
  images,
})

rolloutSourceConformance(linesCase(file => deepEyesRows(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(deepEyesRows(await folder.rows('rows.jsonl', [given])))
}

const told = {
  ...toldStory,
  turns: [{ ...toldStory.turns[0], results: [[shown, 'picture']] }, toldStory.turns[1]],
}

test.each<[string, string]>([
  ['whole', `<think>${story.thought}</think>\n`],
  ['of which the first tag was given', `${story.thought}</think>\n`],
  ['without tags', `${story.thought}\n`],
])('reads a thought %s', async (_, before) => {
  expect(summaryOf(await read({ messages: [question, called(before), result, final], images }))).toEqual(told)
})

test('reads searches, with arguments and without', async () => {
  const search = (call: string) => ({
    role: 'assistant',
    content: `<think>I look it up.</think><tool_call>${call}</tool_call>`,
  })
  const found = { role: 'user', content: '<tool_response>\nIt is wide.\n</tool_response>' }
  const draft = await read({
    messages: [
      question,
      search('{"name": "image_search"}'),
      found,
      search('{"name": "search", "arguments": {"query": "width"}}'),
      found,
      final,
    ],
    images: ['a.png'],
  })
  expect(draft.turns.flatMap(({ calls }) => calls.map(({ name, arguments: raw }) => [name, raw]))).toEqual([
    ['image_search', '{}'],
    ['search', '{"query":"width"}'],
  ])
  expect(draft.turns[0]?.results[0]?.parts).toEqual([{ type: 'text', text: 'It is wide.' }])
})

test('a row without the picture of its question says so', async () => {
  const plain = { role: 'user', content: story.question }
  expect((await read({ messages: [plain, final] })).lacks).toEqual(['question_image'])
  expect((await read({ messages: [plain, called(''), result, final], images: ['b.png'] })).lacks).toEqual([
    'question_image',
  ])
})
