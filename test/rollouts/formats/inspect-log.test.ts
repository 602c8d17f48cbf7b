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

const documentOf = (samples: readonly unknown[]) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(header), samples }, null, 2))

/** How Inspect packs a log, by the end of its file. */
const packed: [end: string, packing: string, pack: (samples: readonly unknown[]) => Buffer][] = [
  ['eval', 'zstd', samples => logOf(samples, 'zstd')],
  ['eval', 'deflate', samples => logOf(samples, 'deflate')],
  ['json', 'one document', documentOf],
]

for (const [end, , pack] of packed.slice(1))
  rolloutSourceConformance(async work => {
    await using folder = await storyFolder()
    const samples = [1, 2, 3].map(sample)
    const [good = '', broken = ''] = ['good', 'broken'].map(name => join(folder.path, `${name}.${end}`))
    await writeFile(good, pack(samples))
    await writeFile(broken, pack(samples.with(1, { note: secret } as never)))
    await work({ good: inspectLog(good), rows: 3, broken: inspectLog(broken) })
  })

test.each(packed)('reads samples with their pictures from a log as .%s, in %s', async (end, _, pack) => {
  await using folder = await storyFolder()
  const file = join(folder.path, `a.${end}`)
  await writeFile(file, pack([sample(1)]))
  const [draft] = await Array.fromAsync(inspectLog(file, { answer: 'target' }).read())
  expect(summaryOf(draft)).toEqual(toldStory)
  expect(draft).toMatchObject({
    id: 'sample/1',
    sample: 1,
    key: '8',
    model: 'theirs',
    lacks: ['raw_arguments'],
  })
})

test.each<[string, string, Buffer]>([
  ['no zip', 'a.eval', Buffer.from(secret)],
  ['a log without samples', 'a.eval', logOf([])],
  ['a document without samples', 'a.json', documentOf([])],
  ['a document of something else', 'a.json', Buffer.from(JSON.stringify({ secret }))],
])('%s is a problem in a line', async (_, name, bytes) => {
  await using folder = await storyFolder()
  const file = join(folder.path, name)
  await writeFile(file, bytes)
  expect(await Array.fromAsync(inspectLog(file).read())).toEqual([
    { place: expect.stringContaining(name), problem: expect.stringMatching(/^[^\n]+; [^\n]+$/) },
  ])
})
