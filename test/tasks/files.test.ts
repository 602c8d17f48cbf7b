import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import { draftsOf, fields, folderWithImage, refusal, row, source } from './files.ts'

const { id: _, ...unnamed } = fields
const { id: _id, ...plain } = row()

/** A folder with one row in each of these files. */
async function folderOf(names: readonly string[]) {
  const folder = await folderWithImage()
  for (const name of names) {
    const path = join(folder.path, name)
    await mkdir(dirname(path), { recursive: true })
    if (name.endsWith('.parquet')) await folder.write(name, table)
    else await folder.lines(name, [{ ...plain, image: join(folder.path, 'a.png') }])
  }
  return folder
}

const columnData = Object.entries(plain).map(([name, value]) => ({
  name,
  data: [value],
  type: 'STRING' as const,
}))
const table = Buffer.from(parquetWriteBuffer({ columnData }))

const cases: [title: string, names: string[], patterns: string[], ids: string[]][] = [
  ['one file', ['a.jsonl'], ['a.jsonl'], ['a/1']],
  ['files of different names', ['x/a.jsonl', 'y/b.jsonl'], ['*/*.jsonl'], ['a/1', 'b/1']],
  [
    'files of different names, named twice',
    ['x/a.jsonl', 'y/b.jsonl'],
    ['*/a.jsonl', '*/*.jsonl'],
    ['a/1', 'b/1'],
  ],
  ['files of one name', ['test/0.jsonl', 'train/0.jsonl'], ['*/*.jsonl'], ['test/0/1', 'train/0/1']],
  [
    'files of one name beside one of another',
    ['test/0.jsonl', 'train/0.jsonl', 'train/1.jsonl'],
    ['**/*.jsonl'],
    ['test/0/1', 'train/0/1', '1/1'],
  ],
  [
    'files of one name far down',
    ['d/year=1/k=a/0.jsonl', 'd/year=1/k=b/0.jsonl'],
    ['d/*/*/*.jsonl'],
    ['year=1/k=a/0/1', 'year=1/k=b/0/1'],
  ],
  [
    'files of one name in a folder and above it',
    ['0.jsonl', 'x/0.jsonl'],
    ['**/*.jsonl'],
    ['0.jsonl/1', 'x/0/1'],
  ],
  ['files of one name and different ends', ['a.json', 'a.jsonl'], ['a.j*'], ['a.json/1', 'a.jsonl/1']],
  [
    'files of one name, each named',
    ['x/0.jsonl', 'y/0.jsonl'],
    ['x/0.jsonl', 'y/0.jsonl'],
    ['x/0/1', 'y/0/1'],
  ],
  ['a folder', ['d/b.jsonl', 'd/e/a.ndjson', 'd/c.jsonl.GZ', 'd/notes.txt'], ['d'], ['b/1', 'c/1', 'a/1']],
  ['a folder with files of one name', ['d/x/0.jsonl', 'd/y/0.jsonl'], ['d/'], ['x/0/1', 'y/0/1']],
]

test.each(cases)('%s: rows without an id are called after their file', async (_, names, patterns, ids) => {
  await using folder = await folderOf(names)
  const files = patterns.map(pattern => join(folder.path, pattern))
  const drafts = await draftsOf(jsonl(files, { fields: unnamed, source }))
  // Files that are each named are called as the config's folder sees them, which here is above them.
  expect(drafts.map(draft => 'id' in draft && draft.id.replace(`${folder.path}/`, ''))).toEqual(ids)
})

test('of a folder, each source reads the files of its kind', async () => {
  await using folder = await folderOf(['d/a.parquet', 'd/b.jsonl', 'd/images.json'])
  const ids = async (read: typeof jsonl) =>
    (await draftsOf(read(join(folder.path, 'd'), { fields: unnamed, source }))).map(
      draft => 'id' in draft && draft.id,
    )
  expect(await ids(jsonl)).toEqual(['b/1'])
  expect(await ids(parquet)).toEqual(['a/1'])
})

test('a folder without such files says what to write', async () => {
  await using folder = await folderOf(['d/b.jsonl'])
  expect(await refusal([parquet(join(folder.path, 'd'), { fields: unnamed, source })], folder.path)).toEqual([
    'd: is a folder; name the files in it, as in d/*.parquet',
  ])
})

const kinds = { jsonl, parquet }

test.each(Object.entries(kinds))(
  'what folders say of their rows can be mapped from %s',
  async (kind, read) => {
    const names = [
      'split=train/kind=caf%C3%A9',
      'split=test/kind=__HIVE_DEFAULT_PARTITION__',
      'split=a=b/kind=%',
    ].map(folder => `${folder}/0.${kind}`)
    await using folder = await folderOf(names)
    const mapped = { ...unnamed, category: 'kind', meta: ['split'] }
    for (const rest of ['refuse', 'ignore', 'meta'] as const) {
      const drafts = await draftsOf(read(join(folder.path, `**/*.${kind}`), { fields: mapped, source, rest }))
      expect(drafts).toMatchObject([
        { id: 'split=a=b/kind=%/0/1', category: '%', meta: { split: 'a=b' } },
        {
          id: 'split=test/kind=__HIVE_DEFAULT_PARTITION__/0/1',
          category: 'default',
          meta: { split: 'test' },
        },
        { id: 'split=train/kind=caf%C3%A9/0/1', category: 'café', meta: { split: 'train' } },
      ])
    }
  },
)

test('what a row says itself goes before what its folder says, and nothing is added that is not mapped', async () => {
  await using folder = await folderWithImage()
  await mkdir(join(folder.path, 'split=train'))
  const file = await folder.lines('split=train/0.jsonl', [row({ split: 'dev' })])
  const read = (options: object) =>
    draftsOf(jsonl(file, { fields: { ...fields, ...options }, source, rest: 'meta' }))
  expect(await read({ category: 'split' })).toMatchObject([{ category: 'dev' }])
  const other = await folder.lines('split=train/1.jsonl', [row()])
  expect(await draftsOf(jsonl(other, { fields, source, rest: 'meta' }))).toMatchObject([{ meta: {} }])
})
