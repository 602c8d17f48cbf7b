import { expect, test } from 'vitest'
import { thymeRows } from '../../../rollouts/formats/thyme-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const code = `<code>\n\`\`\`python\n${story.code}\n\`\`\`\n</code>`
const row = (id: number) => ({
  id: `row/${id}`,
  image: ['a.png', 'b.png'],
  question: `<image>\n${story.question}`,
  response: `<think>${story.thought}\n${code}\n<sandbox_output>\n${story.shown}\n<image>\n</sandbox_output>\n${story.final}</think>\n<answer>8</answer>`,
})

rolloutSourceConformance(linesCase(file => thymeRows(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(thymeRows(await folder.rows('rows.jsonl', [given])))
}

test('a response is taken apart into turns', async () => {
  expect(summaryOf(await read(row(1)))).toEqual(toldStory)
})

test('a response without code is one turn', async () => {
  const draft = await read({
    ...row(1),
    image: ['a.png'],
    response: `<think>${story.final}</think>\n<answer>8</answer>`,
  })
  expect(draft).toMatchObject({ answer: '8', turns: [{ calls: [] }] })
})
