import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Schema, Utf8 } from 'apache-arrow'
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import { expect, test } from 'vitest'
import {
  changeable,
  flag,
  images,
  integer,
  list,
  type ParquetRow,
  struct,
  text,
} from '../../../output/columns.ts'
import { openShards, type Section, type ShardLimits } from '../../../output/shards/shards.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { reading } from '../../readers.ts'
import { type Fetched, largePages, openRows, writeView } from './opened.ts'

const schema = new Schema([
  text('id'),
  changeable(integer('number')),
  flag('yes'),
  list('choices', new Utf8()),
  list('messages', struct('element', [text('role'), text('content')]).type),
  struct('usage', [integer('input')]),
  images({ decode: true }),
])

interface Parquet {
  schema: string
  metadata: Record<string, string>
  groups: {
    rows: number
    columns: { path: string; compression: string; encodings: string[]; offset_index: boolean }[]
  }[]
  pyarrow: unknown[]
  polars: unknown[]
  duckdb: unknown[]
  features: Record<string, string> | null
}

const row = (changes: ParquetRow = {}): ParquetRow => ({
  id: 'a',
  number: 1n,
  yes: true,
  choices: ['x'],
  messages: [{ role: 'user', content: 'hi' }],
  usage: { input: 3n },
  images: [],
  ...changes,
})

async function write(folder: string, rows: ParquetRow[], limits?: ShardLimits) {
  await using shards = await openShards({ folder, split: 'train', schema, ...(limits ? { limits } : {}) })
  for (const [index, row] of rows.entries()) await shards.write(row, `key ${index}`)
  return await shards.finish()
}

const read = (...path: string[]) => reading<Parquet>('newest', 'parquet_rows.py', join(...path))

const asRead = (row: ParquetRow): unknown =>
  JSON.parse(
    JSON.stringify(row, (_, value: unknown) => {
      if (typeof value === 'bigint') return Number(value)
      return value instanceof Uint8Array
        ? { sha256: createHash('sha256').update(value).digest('hex') }
        : value
    }),
  )

const difficult = async (): Promise<ParquetRow[]> => [
  row({ images: [{ bytes: new Uint8Array(await png()), path: 'a.png' }] }),
  row({ id: null, number: null, yes: null, choices: null, messages: null, usage: null, images: null }),
  row({ choices: [], messages: [], images: [], id: '' }),
  row({ messages: [{ role: null, content: null }], usage: { input: null }, choices: [null, ''] }),
  row({ id: 'naïve 日本 🦊 \u0000 end', number: 2n ** 53n, choices: ['\u0000'] }),
  row({ number: -(2n ** 53n), id: 'long '.repeat(500_000) }),
]

test('pyarrow, polars and DuckDB read every value as it was written', async () => {
  await using folder = await temporaryFolder()
  const rows = await difficult()
  const [shard] = await write(folder.path, rows)
  const parquet = await read(folder.path, shard?.file ?? '')
  const expected = rows.map(asRead)
  expect(parquet.pyarrow).toEqual(expected)
  expect(parquet.polars).toEqual(expected)
  expect(parquet.duckdb).toEqual(expected)
})

test('integers keep all their 64 bits', async () => {
  await using folder = await temporaryFolder()
  const extremes = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]
  await write(
    folder.path,
    extremes.map(number => row({ number })),
  )
  const text = await reading<{ numbers: string[] }>('newest', 'integers.py', folder.path)
  expect(text.numbers).toEqual(extremes.map(String))
})

test('columns are optional, lists have three levels, and the footer holds only the key of datasets', async () => {
  await using folder = await temporaryFolder()
  const [shard] = await write(folder.path, await difficult())
  const file = join(folder.path, shard?.file ?? '')
  const { schema, metadata, features } = await reading<Parquet>(
    'newest',
    'parquet_rows.py',
    file,
    '--features',
  )
  const [, columns = ''] = schema
    .replaceAll(' field_id=-1', '')
    .replace(/\s+/g, ' ')
    .split('required group root')
  expect(columns).not.toContain('required')
  expect(columns).toContain(
    'optional group images (List) { repeated group list { optional group element { optional binary bytes; optional binary path (String); } } }',
  )
  expect(Object.keys(metadata)).toEqual(['huggingface'])
  expect(features?.images).toContain('Image(mode=None, decode=True)')
})

test('image bytes are stored plain and uncompressed, all else with zstd', async () => {
  await using folder = await temporaryFolder()
  const picture = { bytes: new Uint8Array(await png(64, 64)), path: 'a.png' }
  const [shard] = await write(folder.path, Array(30).fill(row({ images: [picture] })))
  const { groups } = await read(folder.path, shard?.file ?? '')
  for (const { path, compression, encodings } of groups.flatMap(group => group.columns)) {
    const image = path.startsWith('images.')
    expect([path, compression]).toEqual([path, image ? 'UNCOMPRESSED' : 'ZSTD'])
    if (image) expect(encodings).toEqual(['PLAIN'])
  }
})

test('a chunk of several pages has an offset index', async () => {
  await using folder = await temporaryFolder()
  const picture = { bytes: new Uint8Array(700_000), path: 'a.png' }
  const [shard] = await write(folder.path, Array(4).fill(row({ images: [picture] })))
  const { groups } = await read(folder.path, shard?.file ?? '')
  const bytes = groups[0]?.columns.find(({ path }) => path.endsWith('bytes'))
  expect(bytes?.offset_index).toBe(true)
})

test('a row with five pictures is opened whole with 250 kB, and its file is no larger for that', async () => {
  await using folder = await temporaryFolder()
  const rows = { rows: 130, pictures: 5 }
  const now = await openRows(await writeView(join(folder.path, 'now'), rows), 20)
  const before = await openRows(await writeView(join(folder.path, 'before'), rows, largePages), 20)
  const most = (rows: Fetched[]) => Math.max(...rows.map(({ bytes }) => bytes))
  expect(most(now.opened)).toBeLessThanOrEqual(250_000)
  expect(most(now.opened)).toBeGreaterThan(5 * 24_000)
  expect(most(before.opened)).toBeGreaterThan(1_000_000)
  expect(now.fileBytes / before.fileBytes).toBeLessThan(1.01)
})

test('columns lie in the file in the order of its footer, so that a reader asks for no range backwards', async () => {
  await using folder = await temporaryFolder()
  const limits = { groupRows: 2, groupBytes: 1_000_000, shardBytes: 100_000_000 }
  const [shard] = await write(folder.path, [row(), row(), row()], limits)
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(join(folder.path, shard?.file ?? '')))
  const offsets = metadata.row_groups.map(({ columns }) =>
    columns.map(({ meta_data }) => Number(meta_data?.data_page_offset)),
  )
  expect(offsets.map(({ length }) => length)).toEqual([9, 9])
  expect(offsets.map(group => group.toSorted((a, b) => a - b))).toEqual(offsets)
})

test('a row group ends at its limit of rows or of bytes, whichever comes first', async () => {
  await using folder = await temporaryFolder()
  const picture = { bytes: new Uint8Array(1000), path: 'a.png' }
  const limits = { groupRows: 4, groupBytes: 2500, shardBytes: 1_000_000 }
  const small = Array.from({ length: 7 }, () => row())
  const large = Array.from({ length: 5 }, () => row({ images: [picture] }))
  const [shard] = await write(folder.path, [...small, ...large], limits)
  const { groups } = await read(folder.path, shard?.file ?? '')
  expect(groups.map(group => group.rows)).toEqual([4, 4, 2, 2])
})

test('a shard ends before its limit of bytes, and each says where its rows lie', async () => {
  await using folder = await temporaryFolder()
  const picture = { bytes: new Uint8Array(100_000), path: 'a.png' }
  const limits = { groupRows: 2, groupBytes: 1_000_000, shardBytes: 350_000 }
  const shards = await write(folder.path, Array(5).fill(row({ images: [picture] })), limits)
  expect(shards).toEqual([
    { file: 'train-00000-of-00002.parquet', rows: 3, first: 'key 0', last: 'key 2' },
    { file: 'train-00001-of-00002.parquet', rows: 2, first: 'key 3', last: 'key 4' },
  ])
  expect((await readdir(folder.path)).sort()).toEqual(shards.map(({ file }) => file))
  for (const { file } of shards) expect((await stat(join(folder.path, file))).size).toBeLessThan(350_000)
})

test('no rows make one shard that readers take', async () => {
  await using folder = await temporaryFolder()
  expect(await write(folder.path, [])).toEqual([
    { file: 'train-00000-of-00001.parquet', rows: 0, first: '', last: '' },
  ])
  const parquet = await read(folder.path, 'train-00000-of-00001.parquet')
  expect(parquet.pyarrow).toEqual([])
  expect(parquet.duckdb).toEqual([])
})

/** Rows of sections, each as many as it says. */
async function writeSections(folder: string, sections: [Section, number][]) {
  await using shards = await openShards({ folder, split: 'train', schema })
  let number = 0
  for (const [section, count] of sections)
    for (const _ of Array(count)) await shards.write(row({ id: `row ${number}` }), `key ${number++}`, section)
  const written = await shards.finish()
  return Promise.all(written.map(async ({ file, rows }) => ({ file: join(folder, file), rows })))
}

test('another part begins a shard, and another kind a row group', async () => {
  await using folder = await temporaryFolder()
  const [one, other] = await writeSections(folder.path, [
    [{ part: 0, kind: 'pictured' }, 3],
    [{ part: 0, kind: 'mixed' }, 2],
    [{ part: 1, kind: 'mixed' }, 4],
  ])
  const groups = async (shard = one) => (await read(shard?.file ?? '')).groups.map(({ rows }) => rows)
  expect([await groups(one), await groups(other)]).toEqual([[3, 2], [4]])
})

test('the bytes of a part are the same whatever comes after it', async () => {
  await using before = await temporaryFolder()
  await using after = await temporaryFolder()
  const first: [Section, number] = [{ part: 0, kind: 'pictured' }, 150]
  const [alone] = await writeSections(before.path, [first])
  const [same, more] = await writeSections(after.path, [first, [{ part: 1, kind: 'pictured' }, 2]])
  expect(more?.rows).toBe(2)
  expect(await readFile(same?.file ?? '')).toEqual(await readFile(alone?.file ?? ''))
})

test('what changes in a column that is to change leaves all columns before it as they are', async () => {
  await using one = await temporaryFolder()
  await using other = await temporaryFolder()
  const limits = { groupRows: 20, groupBytes: 1_000_000, shardBytes: 100_000_000 }
  const written = async (folder: string, step: bigint) => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      row({
        id: Array.from({ length: 20 }, (_, part) => sha256(`${index} ${part}`)).join(''),
        number: BigInt(index) * step,
      }),
    )
    const [shard] = await write(folder, rows, limits)
    return readFile(join(folder, shard?.file ?? ''))
  }
  const [before, after] = [await written(one.path, 3n), await written(other.path, 5n)]
  const first = before.findIndex((byte, at) => byte !== after[at])
  expect(first / before.length).toBeGreaterThan(0.9)
  expect(first).toBeLessThan(before.length)
})

test('a column that is to change is written where there is no other', async () => {
  await using folder = await temporaryFolder()
  const schema = new Schema([changeable(text('id'))])
  await using shards = await openShards({ folder: folder.path, split: 'train', schema })
  await shards.write({ id: 'a' }, 'a')
  const [shard] = await shards.finish()
  expect((await read(folder.path, shard?.file ?? '')).pyarrow).toEqual([{ id: 'a' }])
})

test('the same rows give the same bytes', async () => {
  await using one = await temporaryFolder()
  await using other = await temporaryFolder()
  for (const { path } of [one, other]) await write(path, await difficult())
  const bytes = (folder: string) => readFile(join(folder, 'train-00000-of-00001.parquet'))
  expect((await bytes(one.path)).equals(await bytes(other.path))).toBe(true)
})

test('shards that were not finished leave no trace, and nothing else is touched', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'mine.txt'), 'mine')
  {
    await using shards = await openShards({ folder: folder.path, split: 'train', schema })
    await shards.write(row(), 'key')
  }
  expect(await readdir(folder.path)).toEqual(['mine.txt'])
})

const inLines = async (folder: string, rows: ParquetRow[], limits?: ShardLimits) => {
  await using shards = await openShards({ folder, split: 'train', ...(limits ? { limits } : {}) })
  for (const [index, row] of rows.entries()) await shards.write(row, `key ${index}`)
  return await shards.finish()
}

const linesIn = async (...path: string[]) =>
  (await readFile(join(...path), 'utf8')).split('\n').map(line => line && JSON.parse(line))

test('without columns the rows are JSON Lines, whatever stands in them', async () => {
  await using folder = await temporaryFolder()
  const rows = [
    { text: 'one\ntwo\u2028 日本 🦊', content: 'words' },
    { content: [{ type: 'text', n: 1n, most: 2n ** 63n }], bytes: new Uint8Array([1, 2]), none: null },
  ]
  expect(await inLines(folder.path, rows)).toEqual([
    { file: 'train-00000-of-00001.jsonl', rows: 2, first: 'key 0', last: 'key 1' },
  ])
  expect(await linesIn(folder.path, 'train-00000-of-00001.jsonl')).toEqual([
    rows[0],
    { content: [{ type: 'text', n: 1, most: '9223372036854775808' }], bytes: 'AQI=', none: null },
    '',
  ])
})

test('JSON Lines are cut at the limit of bytes and by parts, as Parquet is', async () => {
  await using folder = await temporaryFolder()
  const limits = { groupRows: 1, groupBytes: 1, shardBytes: 2500 }
  const written = await inLines(folder.path, Array(5).fill({ id: 'x'.repeat(1000) }), limits)
  expect(written.map(({ file, rows }) => [file, rows])).toEqual([
    ['train-00000-of-00003.jsonl', 2],
    ['train-00001-of-00003.jsonl', 2],
    ['train-00002-of-00003.jsonl', 1],
  ])
  await using parts = await temporaryFolder()
  await using shards = await openShards({ folder: parts.path, split: 'train' })
  await shards.write({ id: 1 }, 'a', { part: 0, kind: 'pictured' })
  await shards.write({ id: 2 }, 'b', { part: 0, kind: 'plain' })
  await shards.write({ id: 3 }, 'c', { part: 1, kind: 'plain' })
  expect((await shards.finish()).map(({ first, last }) => [first, last])).toEqual([
    ['a', 'b'],
    ['c', 'c'],
  ])
})

test('no rows make one empty file of lines, and lines that were not finished leave no trace', async () => {
  await using folder = await temporaryFolder()
  const [{ file } = { file: '' }] = await inLines(folder.path, [])
  expect(await readFile(join(folder.path, file), 'utf8')).toBe('')
  {
    await using shards = await openShards({ folder: folder.path, split: 'train' })
    await shards.write({ id: 1 }, 'key')
  }
  expect(await readdir(folder.path)).toEqual([file])
})

const [greatest, accented] = ['\u{10ffff}', 'é']

test.each([
  { kind: 'a long text', id: 'a'.repeat(100), least: 'a'.repeat(16), most: `${'a'.repeat(15)}b` },
  { kind: 'a short text', id: 'a'.repeat(16), least: 'a'.repeat(16), most: 'a'.repeat(16) },
  {
    ...{ kind: 'a text of letters of two bytes', id: accented.repeat(100) },
    ...{ least: accented.repeat(8), most: `${accented.repeat(7)}ê` },
  },
  {
    ...{ kind: 'a text that no shorter one is above', id: greatest.repeat(100) },
    ...{ least: greatest.repeat(4), most: greatest.repeat(100) },
  },
])('a footer says between which texts a column lies: $kind', async ({ id, least, most }) => {
  await using folder = await temporaryFolder()
  const [shard] = await write(folder.path, [row({ id })])
  const { row_groups } = await parquetMetadataAsync(
    await asyncBufferFromFile(join(folder.path, shard?.file ?? '')),
  )
  const column = row_groups[0]?.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === 'id')
  const { min_value, max_value } = column?.meta_data?.statistics ?? {}
  expect([min_value, max_value]).toEqual([least, most])
})

test('of the texts of earlier row groups little is held until the footer is written', async () => {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const live = () => {
    gc()
    return process.memoryUsage().heapUsed
  }
  await using folder = await temporaryFolder()
  const limits = { groupRows: 1, groupBytes: 1e9, shardBytes: 1e9 }
  await using shards = await openShards({ folder: folder.path, split: 'train', schema, limits })
  await shards.write(row(), 'first')
  const before = live()
  const [groups, letters] = [200, 200_000]
  for (const number of Array(groups).keys())
    await shards.write(row({ id: `${number} ${'long '.repeat(letters / 5)}` }), `${number}`)
  expect(live() - before).toBeLessThan((groups * letters) / 4)
  await shards.finish()
})
