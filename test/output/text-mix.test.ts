import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { writeExports } from '../../output/write.ts'
import { type TextOptions, textRows } from '../../tasks/text-rows.ts'
import { kinds, temporaryFolder } from '../fixtures.ts'
import { reading } from '../readers.ts'
import { about, album, kept, run, stream } from './rows.ts'
import { asLlamaFactory } from './targets/sharegpt.ts'

const { images, bytes } = await album([[8, 6]])
const source = { name: 'thoughts *of* mine', licence: 'CC-BY-4.0', url: 'https://thoughts.example' }

const text = (number: number, changes = {}) => ({
  q: `What is ${number}?`,
  r: `It is ${number}. `,
  a: number,
  ...changes,
})

const unfit = [
  text(0, { r: 'See <image> here.' }),
  text(0, { q: 'Close </think> it.' }),
  text(0, { a: '<|im_end|>' }),
  text(0, { r: ' ' }),
]

/** Two trajectories, or one of each of these parts, and ten text rows, of which four are unfit. */
async function write(folder: string, options: Partial<TextOptions> = {}, parts = [0, 0]) {
  const path = join(folder, 'thoughts.jsonl')
  const rows = [text(1), ...unfit, ...[2, 3, 4, 5, 6].map(number => text(number))]
  await writeFile(path, rows.map(row => JSON.stringify(row)).join('\n'))
  const fields = { question: 'q', reasoning: 'r', answer: 'a' }
  const longCot = textRows(path, { fields, source, ...options })
  return writeExports({
    folder: join(folder, 'export'),
    rows: stream(parts.map((part, number) => ({ ...kept(about(images, number + 1)), part }))),
    exports: [llamaFactory({ longCot }), deepEyesSft({ longCot })],
    about: run,
    bytes,
    kinds,
  })
}

interface Read {
  llamafactory: { train: { rows: Record<string, unknown>[] } }
  deepeyes_sft: { train: { rows: { id: string; messages: unknown[]; images: unknown[] }[] } }
}

test('text rows come after the trajectories, in the columns of each target, and those with tags do not', async () => {
  await using folder = await temporaryFolder()
  const { targets } = await write(folder.path)
  const declined = { text_row_tags: 3, text_row_empty: 1 }
  expect(targets).toMatchObject({ llamafactory: { rows: 8, declined }, deepeyes_sft: { rows: 8, declined } })

  const read = await reading<Read>('newest', 'datasets_rows.py', join(folder.path, 'export'))
  const [student, other] = [read.deepeyes_sft.train.rows, read.llamafactory.train.rows]
  expect(student.map(({ images }) => images.length)).toEqual([1, 1, 0, 0, 0, 0, 0, 0])
  expect(student[2]).toMatchObject({
    id: 'thoughts/1',
    images: [],
    messages: [
      { role: 'user', content: expect.stringMatching(/^What is 1\?\n\nYou must put your answer/) },
      { role: 'assistant', content: '<think>It is 1.</think>\n<answer>1</answer>' },
    ],
  })
  expect(other[2]).toMatchObject({
    conversations: [
      { from: 'human', value: 'What is 1?' },
      { from: 'gpt', value: '<think>\nIt is 1.\n</think>\n\n<answer>1</answer>' },
    ],
    system: '',
    tools: '',
  })
  // Their tools are none; a list is what that means to the reader.
  for (const row of other) asLlamaFactory({ ...row, tools: row.tools || '[]' } as never)
})

test.each([
  [0.5, 2],
  [0.6, 3],
  [0.99, 6],
])('with a share of %d there are %i, as far as there are any', async (share, rows) => {
  await using folder = await temporaryFolder()
  const { targets } = await write(folder.path, { share })
  expect(targets.llamafactory?.rows).toBe(2 + rows)
})

test('card and manifest tell how many there are, from where and under which licence', async () => {
  await using folder = await temporaryFolder()
  await write(folder.path)
  const read = (file: string) => readFile(join(folder.path, 'export', file), 'utf8')
  const card = await read('README.md')
  expect(card).toMatch(/^license: "?other"?$/m)
  expect(card).toContain('6 of the rows are text alone, mixed in from thoughts \\*of\\* mine.')
  expect(card).toMatch(
    /\| text rows in llamafactory: thoughts \\\*of\\\* mine \| CC-BY-4\.0 \| https:\/\/thoughts\.example \| 6 \|/,
  )
  const { targets } = JSON.parse(await read('manifest.json'))
  expect(targets[0]).toMatchObject({
    rows: 8,
    mixed: { source, rows: 6 },
    options: { longCot: { source, fields: { question: 'q' } } },
  })
})

test('text rows of a part stay in a shard of their own when a later part comes', async () => {
  await using folder = await temporaryFolder()
  const sizes = async (parts: number[]) => {
    await write(folder.path, { share: 0.5 }, parts)
    const manifest = JSON.parse(await readFile(join(folder.path, 'export/manifest.json'), 'utf8'))
    return manifest.files.flatMap(({ path, rows }: { path: string; rows?: number }) =>
      path.startsWith('llamafactory/train/') ? [rows] : [],
    )
  }
  expect(await sizes([0, 0, 0])).toEqual([6])
  expect(await sizes([0, 0, 0, 1])).toEqual([3, 1, 3, 1])
  expect(await sizes([0, 0, 0, 1, 2])).toEqual([3, 1, 1, 3, 1, 1])
})
