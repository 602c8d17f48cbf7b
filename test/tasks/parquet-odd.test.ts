import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, expect, test } from 'vitest'
import { parquet } from '../../tasks/parquet.ts'
import { reading } from '../readers.ts'
import { draftsOf, folderWithImage, refusal, source } from './files.ts'

const folder = await folderWithImage()
afterAll(() => folder[Symbol.asyncDispose]())
await reading('newest', 'write_odd.py', folder.path)

const fields = { id: 'id', question: 'question', images: { value: 'a.png' }, answer: 'answer' }

const table = (name: string, meta?: string[]) =>
  parquet(join(folder.path, `${name}.parquet`), {
    fields: { ...fields, ...(meta && { meta }) },
    source,
    rest: 'ignore',
  })

const refused: [file: string, line: string][] = [
  ['inner', 'inner.parquet: has the column "more.x" twice; rename one of them'],
  ['map', 'map.parquet:2: meta: more has the key "a" twice; keep one of them'],
  [
    'keys',
    'keys.parquet:1: meta: more is a map whose keys cannot be written as text; correct the row or map another field',
  ],
  ['json', 'json.parquet:2: meta: more has the key "k.a" twice; keep one of them'],
  ['json', 'json.parquet:3: meta: more is nested deeper than 1000 levels; make it flatter'],
  ['json', 'json.parquet:4: meta: more is not JSON; correct the row or write the column as text'],
  [
    'variant',
    "variant.parquet:1: meta: more is of Parquet's type VARIANT, which is not read; write the column as JSON or text",
  ],
]

test.each(refused)('what cannot be read as it was meant is refused by name: %s: %s', async (file, line) => {
  expect(await refusal([table(file, ['more'])], folder.path)).toContain(line)
})

test.each([...new Set(refused.map(([file]) => file))])(
  'what cannot be read does no harm where nobody wants it: %s',
  async file => {
    const drafts = await draftsOf(table(file))
    expect(drafts.filter(draft => 'problem' in draft)).toEqual([])
    expect(drafts[0]).toMatchObject({ id: 'row 0', answer: 'row 0' })
  },
)

test('a column that is there twice is refused, not taken once', async () => {
  expect(await refusal([table('twice')], folder.path)).toEqual([
    'twice.parquet: has the column "answer" twice; rename one of them',
  ])
})

const kept: [file: string, column: string, meta: unknown[]][] = [
  ['json', 'more', [{ n: 1.1 }]],
  ['proto', '__proto__', [7]],
  ['blank', 'more', [null, null]],
  ['interval', 'more', ['P0M3DT0.000S']],
  ['bits', 'more', ['101']],
  ['huge', 'more', [2 ** 127]],
]

test.each(kept)('%s: %s is kept as %j', async (file, column, meta) => {
  const drafts = await draftsOf(table(file, [column]))
  const found = drafts.map(draft => ('meta' in draft ? Object.entries(draft.meta) : draft))
  expect(found.slice(0, meta.length)).toEqual(meta.map(value => [[column, value]]))
})

test('an integer of which the writer kept but the first digits is no answer', async () => {
  const options = { fields: { ...fields, answer: 'more' }, source, rest: 'ignore' as const }
  expect(await refusal([parquet(join(folder.path, 'huge.parquet'), options)], folder.path)).toEqual([
    'huge.parquet:1: answer: is an integer too large to be read exactly; write it as text',
  ])
})

/** The bytes of a file where the first or last of these words is another one. */
async function garbled(name: string, word: string, at: 'first' | 'last') {
  const bytes = await readFile(join(folder.path, `${name}.parquet`))
  bytes.write('X', at === 'first' ? bytes.indexOf(word) : bytes.lastIndexOf(word))
  return await folder.write(`garbled-${name}.parquet`, bytes)
}

test('a page that does not have the sum it names is refused', async () => {
  const file = await garbled('checked', 'row 1', 'first')
  expect(await refusal([parquet(file, { fields, source })], folder.path)).toEqual([
    'garbled-checked.parquet: rows 1 to 3: cannot be read (the column "id": a page does not have the sum it names); ' +
      'fetch the file again or write it anew',
  ])
})

test('a row group is read page by page, up to the page that is damaged', async () => {
  const file = await garbled('paged', 'row 95', 'last')
  const drafts = await draftsOf(parquet(file, { fields, source }))
  expect(drafts.slice(0, 90)).toMatchObject(
    Array.from({ length: 90 }, (_, index) => ({ id: `row ${index}` })),
  )
  expect(drafts.slice(90)).toEqual([
    {
      place: `${file}: rows 91 to 100`,
      problem: expect.stringContaining('the column "answer": a page does not'),
    },
  ])
})

test('a page that is too large to be held is refused before it is read', async () => {
  const columnData = Object.keys(fields).map(name => ({ name, data: ['a.png'], type: 'STRING' as const }))
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' }))
  // The length of the first page when it is unpacked, behind the file's mark and the page's kind.
  const length = 7
  expect(bytes.subarray(4, length)).toEqual(Buffer.from([0x15, 0x06, 0x15]))
  const vast = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f])
  const file = await folder.write(
    'vast.parquet',
    Buffer.concat([bytes.subarray(0, length), vast, bytes.subarray(length + 1)]),
  )
  expect(
    await refusal([parquet(file, { fields: { ...fields, images: 'images' }, source })], folder.path),
  ).toEqual([
    'vast.parquet: rows 1 to 1: the column "id" has a page of 2147 MB, more than 1024 MiB; write smaller row groups',
  ])
})
