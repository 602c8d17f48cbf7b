import { expect, test } from 'vitest'
import { openThinkRows } from '../../../rollouts/formats/open-think-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const reply = (thought: string, name: string, given: object) => ({
  from: 'gpt',
  value: JSON.stringify({ thought, actions: [{ name, arguments: given }] }),
})
const row = (id: number) => ({
  id: `row/${id}`,
  images: ['a.png', 'b.png'],
  conversations: [
    { from: 'human', value: `<image>\n${story.question}` },
    reply(story.thought, 'python', { code: story.code }),
    { from: 'human', value: `${story.shown}\n<image>` },
    reply(story.final, 'Terminate', { ans: '8' }),
  ],
})

rolloutSourceConformance(linesCase(file => openThinkRows(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(openThinkRows(await folder.rows('rows.jsonl', [given])))
}

test('a reply is a thought and actions, and one of them answers', async () => {
  expect(summaryOf(await read(row(1)))).toEqual(toldStory)
})
