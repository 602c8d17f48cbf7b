import { expect, test } from 'vitest'
import { openSearchRows } from '../../../rollouts/formats/open-search-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const call = JSON.stringify({ name: 'python_interpreter', arguments: { code: story.code } })
const row = (id: number) => ({
  id: `row/${id}`,
  images: ['a.png', 'b.png'],
  conversations: [
    { from: 'human', value: `<image>\n${story.question}` },
    { from: 'gpt', value: `<think>${story.thought}</think>\n<tool_call>${call}</tool_call>` },
    { from: 'observation', value: `${story.shown}\n<image>` },
    { from: 'gpt', value: `<think>${story.final}</think>\n<response>8</response>` },
  ],
})

rolloutSourceConformance(linesCase(file => openSearchRows(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(openSearchRows(await folder.rows('rows.jsonl', [given])))
}

test('calls stand in their tags, and the answer in one of its own', async () => {
  expect(summaryOf(await read(row(1)))).toEqual(toldStory)
})
