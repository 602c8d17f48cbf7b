import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { countries, ownFlag } from '../../examples/demo/flags/countries.ts'
import { type DecontaminatedOptions, decontaminated } from '../../filters/decontaminated.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { temporaryFolder } from '../fixtures.ts'
import { kept, keyOf, type RowChanges, row, select } from './selecting.ts'

const folder = await temporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())
const path = (name: string) => join(folder.path, name)

const flag = async (index: number) =>
  sharp(await ownFlag((await countries())[index]?.iso ?? ''))
    .resize(320, 240, { fit: 'fill' })
    .flatten({ background: 'white' })
    .png()
    .toBuffer()
const [shown, other] = await Promise.all([flag(8), flag(30)])
const half = await sharp(shown).resize(160).flop().jpeg({ quality: 50 }).toBuffer()
const images = [shown, other, half]
const [, otherImage, halfImage] = await Promise.all(images.map(kept))
if (!otherImage || !halfImage) throw new Error('an image is missing')

const long =
  'According to the chart of coffee exports, which of the five countries sold the most in the year of the great frost?'
const middle = 'Which of these animals can sleep while it flies?'
const template =
  'Look at the picture carefully and answer the following question with one word or a number, please:'

await writeFile(path('flag.png'), shown)
const lines = [
  { question: long, image: null },
  { question: middle, image: null },
  { question: 'What is shown here?', image: 'flag.png' },
  { question: 'Who wrote Faust?', image: null },
  ...Array.from({ length: 11 }, (_, index) => ({ question: `${template} thing ${index}?`, image: null })),
]
await writeFile(path('exam.jsonl'), lines.map(line => JSON.stringify(line)).join('\n'))
const benchmarks = [{ name: 'exam', files: path('exam.jsonl'), images: 'image' }]

const asks = (question: string, image = otherImage): RowChanges => ({ task: { question, images: [image] } })

describe('decontaminated', () => {
  const rows = [
    row('a', asks(long)),
    row('b', asks('How many stars are there?', halfImage)),
    row('c', asks('Why?')),
  ]
  selectorConformance({
    selector: decontaminated({ benchmarks }),
    rows,
    rejected: ['a', 'b'].map(keyOf),
    images,
  })
})

const asked = 'benchmark_question'

test.each<[string, Partial<DecontaminatedOptions>, RowChanges, string | null]>([
  ['a question of the benchmark', {}, asks(long), asked],
  ['in other case, as a part of more', {}, asks(`Please. ${long.toUpperCase()} Think first.`), asked],
  ['thirteen of its words', {}, asks(`Say ${long.split(' ').slice(2, 15).join(' ')}`), asked],
  ['twelve of its words', {}, asks(`Say ${long.split(' ').slice(2, 14).join(' ')}`), null],
  [
    'twelve where eight are enough',
    { ngram: 8 },
    asks(`Say ${long.split(' ').slice(2, 14).join(' ')}`),
    asked,
  ],
  ['a shorter question as a whole', {}, asks(`Now: ${middle}`), asked],
  ['a part of a shorter question', {}, asks('Which of these animals can sleep?'), null],
  ['the words of an image question, about another image', {}, asks('What is shown here?'), null],
  ['a short question that needs no image', {}, asks('who wrote faust'), asked],
  ['the same in more words', {}, asks('Do you know who wrote Faust?'), null],
  ['a phrase that many questions share', {}, asks(`${template} how many birds?`), null],
  ['the same, where that is not common', { common: 20 }, asks(`${template} how many birds?`), asked],
  ['its image, resized and mirrored', {}, asks('How many stripes?', halfImage), 'benchmark_image'],
  ['another image', {}, asks('How many stripes?'), null],
])('%s', async (_, options, changes, reason) => {
  const { rejected } = await select(decontaminated({ benchmarks, ...options }), [row('a', changes)], images)
  expect(rejected.map(each => each.reason)).toEqual(reason ? [reason] : [])
})

test('each benchmark is reported on, and who goes is told what it met', async () => {
  await writeFile(
    path('quiz.parquet'),
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: 'text', data: ['Where do the wild geese of the far north spend the winter?'] }],
      }),
    ),
  )
  const both = [...benchmarks, { name: 'quiz', files: path('quiz.parquet'), question: 'text' }]
  const rows = [row('a', asks(long)), row('b', asks('Why?', halfImage)), row('c', asks('Why?'))]
  const { rejected, notes } = await select(decontaminated({ benchmarks: both }), rows, images)
  expect(rejected[0]).toEqual({ key: keyOf('a'), reason: asked, detail: `exam has this question: ${long}` })
  expect(notes).toEqual([
    {
      about: 'exam',
      counts: { questions: 15, compared: 3, removed: 2, by_image: 1, by_question: 1 },
      examples: ['a', 'b'],
    },
    {
      about: 'quiz',
      counts: { questions: 1, compared: 3, removed: 0, by_image: 0, by_question: 0 },
      examples: [],
    },
  ])
})

test('files named by a pattern are benchmarks by their own names', async () => {
  const { notes } = await select(
    decontaminated({ benchmarks: path('ex*.jsonl') }),
    [row('a', asks(long))],
    images,
  )
  expect(notes.map(({ about }) => about)).toEqual(['exam'])
})

test.each<[string, string, string, RegExp]>([
  ['no file', 'none.jsonl', '', /benchmark exam: .*none\.jsonl: no file matches it/],
  ['an empty file', 'empty.jsonl', ' ', /benchmark exam: .*empty\.jsonl: has no rows/],
  ['no such column', 'other.jsonl', '{"q": "Why?"}', /benchmark exam: .*no field "question"/],
  ['no such image', 'missing.jsonl', '{"question": "Why?", "image": "no.png"}', /benchmark exam: .*no\.png/],
  ['no JSON', 'broken.jsonl', 'question', /benchmark exam: .*broken\.jsonl:1: is not JSON/],
])('%s is refused before anything is spent', async (_, name, content, line) => {
  if (content) await writeFile(path(name), content)
  const field = name === 'missing.jsonl' ? { images: 'image' } : {}
  const selector = decontaminated({ benchmarks: [{ name: 'exam', files: path(name), ...field }] })
  await expect(selector.ready?.()).rejects.toThrow(line)
})

test('files that can be read are ready', async () => {
  await expect(decontaminated({ benchmarks }).ready?.()).resolves.toBeUndefined()
})

test('a benchmark may mark images in its questions that are not compared', async () => {
  await writeFile(path('marked.jsonl'), '{"question": "<image> What differs from <image 2>?"}')
  const selector = decontaminated({ benchmarks: [{ name: 'exam', files: path('marked.jsonl') }] })
  await expect(selector.ready?.()).resolves.toBeUndefined()
})
