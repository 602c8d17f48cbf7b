import { expect, test } from 'vitest'
import { nemoGym } from '../../../rollouts/formats/nemo-gym.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, dataUrl, linesCase, story, storyFolder, summaryOf } from '../story.ts'

const asked = { type: 'input_image', image_url: await dataUrl(8, 6), detail: 'auto' }
const said = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const output = [
  said(story.thought),
  { type: 'function_call', call_id: 'c1', name: 'python', arguments: JSON.stringify({ code: story.code }) },
  { type: 'function_call_output', call_id: 'c1', output: story.shown },
  said(`${story.final}\n<answer>8</answer>`),
]
const row = (id: number) => ({
  responses_create_params: {
    input: [{ role: 'user', content: [asked, { type: 'input_text', text: story.question }] }],
    tools: [{ type: 'function', name: 'python', parameters: { type: 'object' } }],
  },
  response: { model: 'theirs', output },
  reward: 1,
  expected_answer: '8',
  _ng_task_index: id,
  _ng_rollout_index: 2,
})

rolloutSourceConformance(linesCase(file => nemoGym(file), row))

test('what was asked and what was answered is one rollout, and pictures of results are not there', async () => {
  await using folder = await storyFolder()
  const draft = await conversationIn(
    nemoGym(await folder.rows('rows.jsonl', [row(7)]), { answer: 'expected_answer' }),
  )
  expect(summaryOf(draft)).toEqual({
    question: [story.question, 'picture'],
    turns: [
      { text: story.thought, code: [story.code], results: [[story.shown]] },
      { text: `${story.final}\n<answer>8</answer>`, code: [], results: [] },
    ],
    answer: '8',
  })
  expect(draft).toMatchObject({
    id: 'task/7',
    sample: 2,
    model: 'theirs',
    key: '8',
    tools: [{ name: 'python' }],
  })
})
