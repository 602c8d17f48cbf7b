import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

const { image: _, ...words } = row({ id: 'words' })
const { images: __, ...unmapped } = fields
const optional = { fields, source, images: 'optional' as const }

test.each<[string, Parameters<typeof jsonl>[1], Record<string, unknown>, number]>([
  ['no image is mapped', { fields: unmapped, source }, words, 0],
  ['an image may be missing, and the column is', optional, words, 0],
  ['an image may be missing, and is null', optional, { ...words, image: null }, 0],
  ['an image may be missing, and is no text', optional, { ...words, image: '' }, 0],
  ['an image may be missing, and the list is empty', optional, { ...words, image: [] }, 0],
  ['an image may be missing, and the list holds none', optional, { ...words, image: [null, null] }, 0],
  [
    'an image may be missing, and its object is empty',
    optional,
    { ...words, image: { bytes: null, path: null } },
    0,
  ],
  ['an image may be missing, and is there', optional, { ...words, image: 'a.png' }, 1],
])('%s', async (_, options, given, images) => {
  await using folder = await folderWithImage()
  // The first row shows that the column is there, where one is mapped.
  const first = options.fields.images ? [row()] : []
  const { tasks } = await takeIn([jsonl(await folder.lines('tasks.jsonl', [...first, given]), options)])
  expect(tasks.at(-1)).toMatchObject({ id: 'words', images: Array(images).fill(expect.anything()) })
})

const lost = /tasks\.jsonl:2: images: there is none; add an image, remove the row, or set images: 'optional'/

test.each<[string, Parameters<typeof jsonl>[1], Record<string, unknown>, RegExp]>([
  ['null among rows with images', { fields, source }, { ...words, image: null }, lost],
  ['an empty list among rows with images', { fields, source }, { ...words, image: [] }, lost],
  [
    'a missing column among rows with images',
    { fields, source },
    words,
    /tasks\.jsonl:2: images: there is no field "image"/,
  ],
  [
    'a column that no row has',
    { ...optional, fields: { ...fields, images: 'pictures' } },
    words,
    /images: there is no field "pictures"/,
  ],
  [
    'an image that is not mapped',
    { fields: unmapped, source },
    { ...words, image: 'a.png' },
    /image: is not mapped; name it in fields/,
  ],
  [
    'a question that marks an image',
    { fields: unmapped, source, rest: 'ignore' },
    { ...words, question: '<image> Which?' },
    /marks images once/,
  ],
  ['a file that is not there', optional, { ...words, image: 'b.png' }, /b\.png: there is no such file/],
])('%s is refused', async (_, options, given, line) => {
  await using folder = await folderWithImage()
  const rows = options.fields.images === 'pictures' ? [given] : [row(), given]
  const file = await folder.lines('tasks.jsonl', rows)
  expect((await refusal([jsonl(file, options)], folder.path)).join('\n')).toMatch(line)
})
