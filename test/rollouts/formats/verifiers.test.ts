import { expect, test } from 'vitest'
import { verifiersTraces } from '../../../rollouts/formats/verifiers.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, dataUrl, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const picture = async (width: number, height: number) => ({
  type: 'image_url',
  image_url: { url: await dataUrl(width, height) },
})
const [asked, drawn] = [await picture(8, 6), await picture(4, 4)]
const call = { id: 'c1', type: 'function', name: 'python', arguments: JSON.stringify({ code: story.code }) }
const nodes = [
  { message: { role: 'user', content: [asked, { type: 'text', text: story.question }] }, sampled: false },
  { parent: 0, message: { role: 'assistant', content: story.thought, tool_calls: [call] }, sampled: true },
  {
    parent: 1,
    message: { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: story.shown }, drawn] },
    sampled: false,
  },
  { parent: 2, message: { role: 'assistant', content: `${story.final}\n<answer>8</answer>` }, sampled: true },
]
const row = (id: number) => ({
  id: `row/${id}`,
  env: 'test',
  ok: true,
  traces: [
    {
      version: 1,
      agent: { name: 'agent', config: { model: 'theirs' } },
      tools: [{ type: 'function', name: 'python' }],
      nodes,
    },
  ],
})

rolloutSourceConformance(linesCase(file => verifiersTraces(file), row))

const read = async (given: object) => {
  await using folder = await storyFolder()
  return await conversationIn(verifiersTraces(await folder.rows('rows.jsonl', [given])))
}

test('a trace is read from its root to its leaf', async () => {
  const draft = await read(row(1))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject({ model: 'theirs', tools: [{ name: 'python' }] })
})

test('each leaf is a rollout of the same question', async () => {
  await using folder = await storyFolder()
  const other = { parent: 2, message: { role: 'assistant', content: '<answer>9</answer>' }, sampled: false }
  const file = await folder.rows('rows.jsonl', [{ id: 'both', traces: [{ nodes: [...nodes, other] }] }])
  const drafts = await Array.fromAsync(verifiersTraces(file).read())
  expect(drafts).toMatchObject([
    { id: 'both', sample: 0, answer: '8', lacks: [] },
    { id: 'both', sample: 1, answer: '9', lacks: ['sampled'] },
  ])
})

test.each<[string, unknown]>([
  ['itself', 3],
  ['one behind it', 7],
  ['no number', 'x'],
])('a parent that is %s is none', async (_, parent) => {
  await using folder = await storyFolder()
  const file = await folder.rows('rows.jsonl', [
    { traces: [{ nodes: nodes.with(3, { ...nodes[3], parent } as never) }] },
  ])
  expect(await Array.fromAsync(verifiersTraces(file).read())).toMatchObject([{ answer: null }])
})
