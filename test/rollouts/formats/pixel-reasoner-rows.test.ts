import { expect, test } from 'vitest'
import { pixelReasonerRows } from '../../../rollouts/formats/pixel-reasoner-rows.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const call = JSON.stringify({ name: 'python', arguments: { code: story.code } })
const message = (role: string, ...content: object[]) => ({ role, content })
const row = (id: number) => ({
  qid: `row/${id}`,
  message_list: [
    message('system', { text: story.system }),
    message('user', { image: 'a.png' }, { text: story.question }),
    message('assistant', { text: `${story.thought}\n<tool_call>${call}</tool_call>` }),
    message('user', { text: story.shown }, { image: 'b.png' }),
    message('assistant', { text: `${story.final}\n\\boxed{8}` }),
  ],
})

const video = { message_list: [message('user', { video: ['sk-very-secret-0123456789.png'] })] }
rolloutSourceConformance(linesCase(file => pixelReasonerRows(file), row, video))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(pixelReasonerRows(await folder.rows('rows.jsonl', [given])))
}

test('parts are known by their keys, and the answer by its box', async () => {
  const boxed = { ...toldStory.turns[1], text: `${story.final}\n\\boxed{8}\n<answer>8</answer>` }
  expect(summaryOf(await read(row(1)))).toEqual({ ...toldStory, turns: [toldStory.turns[0], boxed] })
})
