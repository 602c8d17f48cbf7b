import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetMetadata, type SchemaElement } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { parquet } from '../../tasks/parquet.ts'
import { taskSourceConformance } from '../conformance/task-source.ts'
import { png } from '../fixtures.ts'
import { type Age, reading } from '../readers.ts'
import { draftsOf, fields, folderWithImage, refusal, source, takeIn } from './files.ts'

/** Columns of good rows; their images are bytes. */
async function columns(ids: string[], changes: Partial<Record<string, Partial<ColumnSource>>> = {}) {
  const image = await png()
  const all: ColumnSource[] = [
    { name: 'id', data: ids, type: 'STRING' },
    { name: 'question', data: ids.map(id => `What is ${id}?`), type: 'STRING' },
    { name: 'image', data: ids.map(() => image), type: 'BYTE_ARRAY' },
    { name: 'answer', data: ids, type: 'STRING' },
  ]
  return all.map(column => ({ ...column, ...changes[column.name] }))
}

const fileOf = (columnData: ColumnSource[], rowGroupSize = 2) =>
  Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }))

const ids = ['one', 'two', 'three', 'four', 'five']

taskSourceConformance(async work => {
  await using folder = await folderWithImage()
  const good = await folder.write('good.parquet', fileOf(await columns(ids)))
  const tolerance: ColumnSource = { name: 'tolerance', data: [0.1, 7, 0], type: 'DOUBLE' }
  const broken = fileOf([...(await columns(ids.slice(0, 3))), tolerance])
  await work({
    good: parquet(good, { fields, source }),
    ids,
    broken: parquet(await folder.write('broken.parquet', broken), {
      fields: { ...fields, tolerance: 'tolerance' },
      source,
    }),
  })
})

test.each<Age>(['newest', 'oldest'])('files of others are read, with the %s datasets', async age => {
  await using folder = await folderWithImage()
  await reading(age, 'write_tasks.py', folder.path)
  await readsDatasets(folder.path)
  await namesLabels(folder.path)
  await namesEncryption(folder.path)
  await readsEveryCodec(folder.path)
  await readsInPieces(folder.path)
  await namesBrokenText(folder.path)
})

async function readsDatasets(folder: string) {
  const mapped = {
    id: 'id',
    question: 'question',
    images: 'images',
    answer: 'label',
    choices: 'choices',
    category: { field: 'nested.level', values: { 1: 'easy' } },
    meta: ['when', 'big', 'score', 'nested'],
  }
  const file = join(folder, 'datasets.parquet')
  const drafts = await draftsOf(parquet(file, { fields: mapped, source, rest: 'ignore' }))
  expect(drafts).toMatchObject([
    { id: '1', question: 'Which?', answer: 'blue', choices: ['red', 'blue'], category: 'easy' },
    { id: '2', question: 'What é?', answer: 'red', category: 'default' },
    { id: '3', category: '3' },
  ])
  const [first, second] = drafts.map(draft => 'meta' in draft && draft.meta)
  const when = '2024-01-02T03:04:05.000000'
  expect(first).toEqual({ when, big: `${2n ** 60n}`, score: 'NaN', nested: { level: 1, tags: ['x'] } })
  expect(second).toEqual({ when, big: 5, score: 0.5, nested: { level: null, tags: [] } })
  const kept = async (images: string) => {
    const options = { fields: { ...mapped, images }, source, rest: 'ignore' as const }
    return (await takeIn([parquet(file, options)])).tasks.map(task => task.images)
  }
  const [red, blue] = (await kept('image')).flat()
  expect(await kept('image')).toEqual([[red], [blue], [red]])
  expect(await kept('images')).toEqual([[red, expect.anything()], [blue], [red, red, red]])
}

async function namesLabels(folder: string) {
  const paths = [
    'plain',
    'within.label',
    'within.deep.labels',
    'struct_of_lists.label',
    'list_of_structs.label',
  ]
  const labels = async (path: string) => {
    const mapped = {
      question: { value: 'Which?' },
      images: { value: 'a.png' },
      answer: { value: 'x' },
      meta: [path],
    }
    const drafts = await draftsOf(
      parquet(join(folder, 'labels.parquet'), { fields: mapped, source, rest: 'ignore' }),
    )
    return drafts.map(draft => 'meta' in draft && draft.meta[path])
  }
  const boxes = ['emu', 'cat', null]
  expect(await Promise.all(paths.map(labels))).toEqual([
    ['dog', null],
    ['cat', null],
    [['emu', 'dog'], []],
    [boxes, []],
    [boxes, []],
  ])
}

async function namesEncryption(folder: string) {
  const files = ['encrypted', 'encrypted-column'].map(name => join(folder, `${name}.parquet`))
  expect(await refusal([parquet(files, { fields, source })], folder)).toEqual([
    'encrypted.parquet: is encrypted Parquet; write it anew without encryption',
    'encrypted-column.parquet: is encrypted in the column "question"; write it anew without encryption',
  ])
}

async function readsEveryCodec(folder: string) {
  const mapped = { ...fields, choices: 'choices' }
  const readCodec = async (codec: string) => {
    const drafts = await draftsOf(
      parquet(join(folder, `${codec}.parquet`), { fields: mapped, source, answerIs: 'text' }),
    )
    return drafts.map(draft => ({ ...draft, place: '', images: [], origin: undefined }))
  }
  const plain = await readCodec('none')
  expect(plain).toHaveLength(1000)
  expect(plain[700]).toMatchObject({
    id: 'row-0700',
    question: 'Question 700?',
    answer: '0',
    answerType: 'choice',
  })
  for (const codec of ['snappy', 'gzip', 'brotli', 'lz4', 'zstd'])
    expect(await readCodec(codec)).toEqual(plain)
}

async function readsInPieces(folder: string) {
  const mapped = { ...fields, choices: 'choices', meta: ['padding'] }
  const padded = parquet(join(folder, 'indexed.parquet'), { fields: mapped, source, answerIs: 'text' })
  let number = 0
  for await (const draft of padded.read()) {
    expect(draft).toMatchObject({ id: `row-${String(number).padStart(4, '0')}`, answer: `${number % 7}` })
    number += 1
  }
  expect(number).toBe(1000)
}

async function namesBrokenText(folder: string) {
  const file = join(folder, 'latin.parquet')
  expect(await refusal([parquet(file, { fields, source })], folder)).toEqual([
    'latin.parquet:2: question: is binary, not text; correct the row or map another field',
  ])
}

test('images may be bytes, a path beside the file, a struct of both, or a list of structs', async () => {
  await using folder = await folderWithImage()
  const bytes = await readFile(join(folder.path, 'a.png'))
  const cells: Record<string, unknown[]> = {
    plain: [bytes],
    path: ['a.png'],
    struct: [{ bytes, path: null }],
    beside: [{ bytes: null, path: 'a.png' }],
    list: [
      [
        { bytes, path: null },
        { bytes: null, path: 'a.png' },
      ],
    ],
  }
  for (const [name, data] of Object.entries(cells)) {
    const image: ColumnSource = { name: 'image', data }
    const others = (await columns(['one'])).filter(column => column.name !== 'image')
    const schema = imageSchemas[name]
    const columnData = schema
      ? [...others.map(({ name, data }) => ({ name, data })), image]
      : [...others, image]
    const content = parquetWriteBuffer({ columnData, ...(schema && { schema: [...head, ...schema] }) })
    const file = await folder.write(`${name}.parquet`, Buffer.from(content))
    const { tasks } = await takeIn([parquet(file, { fields, source })])
    expect(tasks[0]?.images.length, name).toBe(name === 'list' ? 2 : 1)
    expect(new Set(tasks[0]?.images.map(kept => `${kept.width}x${kept.height}`)), name).toEqual(
      new Set(['8x6']),
    )
  }
})

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
})
const head: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  text('id'),
  text('question'),
  text('answer'),
]
const leaves: SchemaElement[] = [
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  text('path'),
]
const struct: SchemaElement[] = [{ name: 'image', repetition_type: 'OPTIONAL', num_children: 2 }, ...leaves]
const imageSchemas: Record<string, SchemaElement[]> = {
  struct,
  beside: struct,
  list: [
    { name: 'image', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', num_children: 2 },
    ...leaves,
  ],
}

test('a file that is not Parquet, is empty or was cut off is refused', async () => {
  await using folder = await folderWithImage()
  const whole = fileOf(await columns(ids))
  const files = [
    await folder.write('text.parquet', 'this is not Parquet at all'),
    await folder.write('empty.parquet', ''),
    await folder.write('cut.parquet', whole.subarray(0, -20)),
    await folder.write('no-rows.parquet', fileOf(await columns([]))),
  ]
  const lines = await refusal([parquet(files, { fields, source })], folder.path)
  const fault = (name: string) =>
    new RegExp(`^${name}: is not whole Parquet \\(.+\\); fetch the file again or write it anew$`)
  expect(lines).toEqual([
    expect.stringMatching(fault('text.parquet')),
    'empty.parquet: is empty; fetch it anew, or leave it out',
    expect.stringMatching(fault('cut.parquet')),
    'no-rows.parquet: has no rows; fill it or leave it out',
  ])
})

test('a damaged row group is named by its rows, and the others are read', async () => {
  await using folder = await folderWithImage()
  const bytes = fileOf(await columns(ids))
  const { row_groups } = parquetMetadata(new Uint8Array(bytes).buffer)
  const start = Number(row_groups[1]?.columns[0]?.meta_data?.data_page_offset)
  bytes.fill(0xff, start, start + 30)
  const file = await folder.write('damaged.parquet', bytes)
  const entries = await draftsOf(parquet(file, { fields, source }))
  expect(entries).toMatchObject([
    { id: 'one' },
    { id: 'two' },
    {
      place: `${file}: rows 3 to 4`,
      problem: expect.stringMatching(/^cannot be read \(.+\); fetch the file again or write it anew$/),
    },
    { id: 'five' },
  ])
})

test.each(['refuse', 'ignore'] as const)(
  'a mapped column that is not there is named once (%s)',
  async rest => {
    await using folder = await folderWithImage()
    const file = await folder.write('tasks.parquet', fileOf(await columns(ids)))
    const wrong = { ...fields, answer: 'anwser', meta: ['answer'] }
    expect(await refusal([parquet(file, { fields: wrong, source, rest })], folder.path)).toEqual([
      'tasks.parquet:1: answer: there is no field "anwser"; the fields are id, question, image, answer',
    ])
  },
)

test('binary that would go to meta is refused by name', async () => {
  await using folder = await folderWithImage()
  const file = await folder.write('tasks.parquet', fileOf(await columns(['one'])))
  const mapped = { ...fields, images: { value: 'a.png' } }
  expect(await refusal([parquet(file, { fields: mapped, source, rest: 'meta' })], folder.path)).toEqual([
    "tasks.parquet:1: meta: image is binary; set rest: 'ignore' or do not map it to meta",
  ])
})

test('a page that makes the decoder go round for ever is refused, and what comes after it is read', async () => {
  await using folder = await folderWithImage()
  const endless = fileOf([{ name: 'id', data: ['one'], type: 'STRING' }])
  // The end of the page's header is then no longer found.
  endless[16] = 0xff
  await folder.write('a.parquet', endless)
  await folder.write('b.parquet', fileOf(await columns(ids)))
  const drafts = await draftsOf(parquet(join(folder.path, '*.parquet'), { fields, source }))
  expect(drafts[0]).toMatchObject({
    problem: expect.stringMatching(/^cannot be read \(no end after 10 s\); /),
  })
  expect(drafts.slice(1)).toMatchObject(ids.map(id => ({ id })))
})
