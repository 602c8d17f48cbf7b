import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inspectLog } from '../../../rollouts/formats/inspect-log.ts'
import { rolloutSourceConformance, secret } from '../../conformance/rollout-source.ts'
import { dataUrl, story, storyFolder, summaryOf, toldStory } from '../story.ts'
import { zipOf } from '../zip.ts'

const header = JSON.stringify({ version: 2, status: 'success', eval: { model: 'theirs' } })
const text = (text: string) => ({ type: 'text', text })
const attachments = { asked: await dataUrl(8, 6), drawn: await dataUrl(4, 4) }
const sample = (id: number) => ({
  id: `sample/${id}`,
  epoch: 2,
  target: '8',
  attachments,
  messages: [
    { role: 'user', content: [{ type: 'image', image: 'attachment://asked' }, text(story.question)] },
    {
      role: 'assistant',
      content: [{ type: 'reasoning', reasoning: 'Hm.' }, text(story.thought)],
      tool_calls: [{ id: 'c1', function: 'python', arguments: { code: story.code }, type: 'function' }],
    },
    {
      role: 'tool',
      tool_call_id: 'c1',
      function: 'python',
      content: [text(story.shown), { type: 'image', image: 'attachment://drawn' }],
    },
    { role: 'assistant', content: `${story.final}\n<answer>8</answer>` },
  ],
})

const logOf = (samples: readonly unknown[], packing: Parameters<typeof zipOf>[1] = 'zstd') =>
  zipOf(
    [
      ['_journal/start.json', header],
      ...samples.map((each, at): [string, string] => [`samples/${at}_epoch_1.json`, JSON.stringify(each)]),
      ['header.json', header],
    ],
    packing,
  )

rolloutSourceConformance(async work => {
  await using folder = await storyFolder()
  const samples = [1, 2, 3].map(sample)
  const [good, broken] = ['good.eval', 'broken.eval'].map(name => join(folder.path, name)) as [string, string]
  await writeFile(good, logOf(samples))
  await writeFile(broken, logOf(samples.with(1, { note: secret } as never)))
  await work({ good: inspectLog(good), rows: 3, broken: inspectLog(broken) })
})

test.each(['zstd', 'deflate'] as const)(
  'reads samples with their pictures from a log in %s',
  async packing => {
    await using folder = await storyFolder()
    const file = join(folder.path, 'a.eval')
    await writeFile(file, logOf([sample(1)], packing))
    const [draft] = await Array.fromAsync(inspectLog(file, { answer: 'target' }).read())
    expect(summaryOf(draft)).toEqual(toldStory)
    expect(draft).toMatchObject({
      id: 'sample/1',
      sample: 1,
      key: '8',
      model: 'theirs',
      lacks: ['raw_arguments'],
    })
  },
)

test.each<[string, Buffer]>([
  ['no zip', Buffer.from(secret)],
  ['a log without samples', logOf([])],
])('%s is a problem in a line', async (_, bytes) => {
  await using folder = await storyFolder()
  const file = join(folder.path, 'a.eval')
  await writeFile(file, bytes)
  expect(await Array.fromAsync(inspectLog(file).read())).toEqual([
    { place: expect.stringContaining('a.eval'), problem: expect.stringMatching(/^[^\n]+; [^\n]+$/) },
  ])
})
