import { expect, test } from 'vitest'
import { msSwiftRows } from '../../../rollouts/formats/ms-swift-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const images = ['a.png', 'b.png']
const question = { role: 'user', content: `<image>\n${story.question}` }
const thought = { role: 'assistant', content: `<think>\n${story.thought}\n</think>\n\n` }
const call = {
  role: 'tool_call',
  content: JSON.stringify({ name: 'python', arguments: { code: story.code } }),
}
const result = { role: 'tool_response', content: `${story.shown}\n<image>` }
const final = { role: 'assistant', content: `<think>\n${story.final}\n</think>\n\n<answer>8</answer>` }
const row = (id: number) => ({
  id: `row/${id}`,
  messages: [{ role: 'system', content: story.system }, question, thought, call, result, final],
  images,
})

rolloutSourceConformance(linesCase(file => msSwiftRows(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(msSwiftRows(await folder.rows('rows.jsonl', [given])))
}

test('a call belongs to what was said before it', async () => {
  expect(summaryOf(await read(row(1)))).toEqual(toldStory)
})

test.each<[string, object[], number[][]]>([
  [
    'calls at once',
    [thought, call, call, result, result],
    [
      [2, 2],
      [0, 0],
    ],
  ],
  [
    'calls one after the other, of which the second has no thought',
    [thought, call, result, call, result],
    [
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ],
  [
    'a call without a thought',
    [call, result],
    [
      [1, 1],
      [0, 0],
    ],
  ],
])('reads %s', async (_, messages, counts) => {
  const draft = await read({ messages: [question, ...messages, final], images: ['a.png', 'b.png', 'b.png'] })
  expect(draft.turns.map(({ calls, results }) => [calls.length, results.length])).toEqual(counts)
})
