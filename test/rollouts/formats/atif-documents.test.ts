import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atifDocuments } from '../../../rollouts/formats/atif-documents.ts'
import { rolloutSourceConformance } from '../../conformance/rollout-source.ts'
import { conversationIn, linesCase, story, storyFolder, summaryOf, toldStory } from '../story.ts'

const picture = (path: string) => ({ type: 'image', source: { media_type: 'image/png', path } })
const text = (text: string) => ({ type: 'text', text })
const called = {
  source: 'agent',
  message: story.thought,
  tool_calls: [{ tool_call_id: 'c1', function_name: 'python', arguments: { code: story.code } }],
  observation: { results: [{ source_call_id: 'c1', content: [text(story.shown), picture('b.png')] }] },
}
const steps = (...more: object[]) =>
  [
    { source: 'system', message: story.system },
    { source: 'user', message: [picture('a.png'), text(story.question)] },
    called,
    ...more,
    { source: 'agent', message: `${story.final}\n<answer>8</answer>` },
  ].map((step, index) => ({ step_id: index + 1, ...step }))
const row = (id: number) => ({
  schema_version: 'ATIF-v1.7',
  trajectory_id: `row/${id}`,
  agent: { name: 'agent', version: '1', model_name: 'theirs' },
  steps: steps(),
})

rolloutSourceConformance(linesCase(file => atifDocuments(file), row))

test.each<[string, (given: object) => string]>([
  ['on a line', given => JSON.stringify(given)],
  ['by itself', given => JSON.stringify(given, null, 2)],
])('reads a document %s', async (_, written) => {
  await using folder = await storyFolder()
  const file = join(folder.path, 'trajectory.json')
  await writeFile(file, written(row(1)))
  const draft = await conversationIn(atifDocuments(file))
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject({ model: 'theirs', lacks: ['raw_arguments'], system: story.system })
})

test('what was copied from elsewhere is no part of it', async () => {
  await using folder = await storyFolder()
  const copied = { ...called, is_copied_context: true }
  const file = await folder.rows('rows.jsonl', [{ ...row(1), steps: steps(copied) }])
  expect(summaryOf(await conversationIn(atifDocuments(file)))).toEqual(toldStory)
})
