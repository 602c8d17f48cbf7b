import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { metaShape } from '../../schemas/meta-shape.ts'
import { kinds, temporaryFolder } from '../fixtures.ts'
import { type Age, reading } from '../readers.ts'
import { about, album, dropped, kept, run, stream } from './rows.ts'

type Read = Record<string, Record<string, { features: Record<string, string>; rows: { meta: Json }[] }>>

/** What `datasets` reads of rows with these, the last of which was dropped. */
async function read(metas: JsonObject[], age: Age = 'newest') {
  await using folder = await temporaryFolder()
  const { images, bytes } = await album([[8, 6]])
  const rows = metas.map((meta, index) => {
    const row = about(images, index)
    return { ...row, task: { ...row.task, meta, origin: { file: 'tasks.jsonl', row: index + 1 } } }
  })
  const last = rows.length - 1
  await writeExports({
    folder: join(folder.path, 'export'),
    rows: stream(rows.map((row, index) => (index === last ? dropped(row) : kept(row)))),
    exports: [hf(), rejected()],
    about: run,
    kinds,
    bytes,
    meta: await metaShape(stream(metas)),
  })
  const loaded = await reading<Read>(age, 'datasets_rows.py', join(folder.path, 'export'))
  return [...(loaded.hf?.train?.rows ?? []), ...(loaded.rejected?.rejected?.rows ?? [])]
}

test.each<[string, JsonObject[], Json[]]>([
  ['texts', [{ a: 'x' }, { a: 'y' }], [{ a: 'x' }, { a: 'y' }]],
  ['whole numbers', [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2 }]],
  ['numbers', [{ a: 1 }, { a: 2.5 }], [{ a: 1 }, { a: 2.5 }]],
  ['truth values', [{ a: true }, { a: false }], [{ a: true }, { a: false }]],
  [
    'a field that one row lacks',
    [{ a: 1, b: 'x' }, { a: 2 }],
    [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ],
  ],
  ['a field that is null in one row', [{ a: null }, { a: true }], [{ a: null }, { a: true }]],
  ['a field that is null everywhere', [{ a: null }, { a: null }], [{ a: null }, { a: null }]],
  ['lists', [{ a: [1, 2] }, { a: [] }], [{ a: '[1,2]' }, { a: '[]' }]],
  ['objects', [{ a: { b: 1 } }, { a: {} }], [{ a: '{"b":1}' }, { a: '{}' }]],
  [
    'types that differ',
    [
      { a: 1, b: 2 },
      { a: 'x', b: 3 },
    ],
    [
      { a: '1', b: 2 },
      { a: '"x"', b: 3 },
    ],
  ],
  ['a number and a truth value', [{ a: 1 }, { a: true }], [{ a: '1' }, { a: 'true' }]],
  [
    'names of columns of images',
    [{ bytes: 'x', path: 'y' }, {}],
    [
      { bytes: 'x', path: 'y' },
      { bytes: null, path: null },
    ],
  ],
  ['names in other letters', [{ 'Größe (px)': 3 }, {}], [{ 'Größe (px)': 3 }, { 'Größe (px)': null }]],
  ['a placeholder', [{ a: 'an <image>' }, {}], [{ a: 'an < image>' }, { a: null }]],
  ['nothing', [{}, {}], ['{}', '{}']],
  ['a name that means a type', [{ _type: 'x' }, {}], ['{"_type":"x"}', '{}']],
  ['an empty name', [{ '': 1 }, {}], ['{"":1}', '{}']],
  ['names that differ in capitals only', [{ a: 1, A: 2 }, {}], ['{"A":2,"a":1}', '{}']],
])('%s are read back as what they are', async (_, metas, expected) => {
  expect((await read(metas)).map(({ meta }) => meta)).toEqual(expected)
})

test('more fields than are named by hand are JSON', async () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`field ${index}`, index]))
  const [first] = await read([many, {}])
  expect(JSON.parse(String(first?.meta))).toEqual(many)
})

test('the oldest datasets reads the fields, and where rows stand, too', async () => {
  const rows = await read([{ a: 1, b: [2] }, { a: 2.5 }], 'oldest')
  expect(rows).toMatchObject([
    { meta: { a: 1, b: '[2]' }, source_file: 'tasks.jsonl', source_row: 1, licence: 'CC0-1.0' },
    { meta: { a: 2.5, b: null }, source_file: 'tasks.jsonl', source_row: 2 },
  ])
})
