import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { jsonlPassages, type PassageFields, parquetPassages } from '../../../tools/corpus/passages.ts'
import { temporaryFolder } from '../../fixtures.ts'

const line = (changes: object = {}) => JSON.stringify({ id: 'a', title: 'A', text: 'one', ...changes })

async function reading(text: string | Buffer, name = 'p.jsonl') {
  await using folder = await temporaryFolder()
  const file = join(folder.path, name)
  await writeFile(file, text)
  return await Array.fromAsync(jsonlPassages(file))
}

test('Each line is a passage; blank lines and unknown fields are passed over', async () => {
  const read = await reading(`${line({ country: 'x' })}\n\n${line({ id: 'b', licence: 'MIT', source: 's' })}`)
  expect(read).toEqual([
    { id: 'a', title: 'A', text: 'one' },
    { id: 'b', title: 'A', text: 'one', licence: 'MIT', source: 's' },
  ])
})

test('A gzipped file reads the same, however long, and with any character in a text', async () => {
  const text = 'é\u2028\u0085 '.repeat(200_000)
  const read = await reading(gzipSync(`${line({ text })}\r\n${line({ id: 'b' })}\n`), 'p.jsonl.gz')
  expect(read.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(read[0]?.text).toBe(text)
})

test('A broken line is named with its file and number', async () => {
  await expect(reading(`${line()}\n{"id": "b",`)).rejects.toThrow(/p\.jsonl:2: is not JSON/)
  await expect(reading(`\n${line({ title: 7 })}`)).rejects.toThrow(/p\.jsonl:2: title: is 7, not text/)
  await expect(reading(line({ id: '' }))).rejects.toThrow(/p\.jsonl:1: id: is empty/)
  await expect(reading('{"id": "a", "name": "x"}')).rejects.toThrow(
    /p\.jsonl:1: title: there is nothing at "title"; the fields are id, name$/,
  )
  await expect(reading('[7]')).rejects.toThrow(/p\.jsonl:1: is not a JSON object/)
})

test('A file that is missing or no whole gzip is named', async () => {
  await expect(Array.fromAsync(jsonlPassages('/nowhere/p.jsonl'))).rejects.toThrow(
    /\/nowhere\/p\.jsonl: no file matches it/,
  )
  await expect(reading(gzipSync(line()).subarray(0, -4), 'p.jsonl.gz')).rejects.toThrow(
    /p\.jsonl\.gz: is not whole gzip/,
  )
})

test('Other columns are read where a mapping says so, and values for all rows where it names one', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'p.jsonl')
  await writeFile(
    file,
    JSON.stringify({ _id: 7, meta: { name: 'A', url: 'https://example.org/' }, contents: 'one' }),
  )
  const fields = {
    id: '_id',
    title: 'meta.name',
    text: 'contents',
    link: 'meta.url',
    licence: { value: 'CC-BY-4.0' },
  }
  expect(await Array.fromAsync(jsonlPassages(file, fields))).toEqual([
    { id: '7', title: 'A', text: 'one', link: 'https://example.org/', licence: 'CC-BY-4.0' },
  ])
})

async function parquet(columns: ColumnSource[], fields?: PassageFields) {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'a.parquet'), new Uint8Array(parquetWriteBuffer({ columnData: columns })))
  return await Array.fromAsync(parquetPassages(join(folder.path, '*.parquet'), fields))
}

test('Parquet is read by the same mapping, with integers and times as text', async () => {
  const columns: ColumnSource[] = [
    { name: 'id', data: [1n, 2n], type: 'INT64' },
    { name: 'title', data: ['A', 'B'], type: 'STRING' },
    { name: 'body', data: ['one', 'é two'], type: 'STRING' },
    { name: 'at', data: [new Date('2024-01-05T00:00:00Z'), null], type: 'TIMESTAMP' },
  ]
  const read = await parquet(columns, { id: 'id', title: 'title', text: 'body', date: 'at' })
  expect(read).toEqual([
    { id: '1', title: 'A', text: 'one', date: '2024-01-05T00:00:00.000Z' },
    { id: '2', title: 'B', text: 'é two' },
  ])
  await expect(parquet(columns)).rejects.toThrow(
    /a\.parquet:1: text: there is nothing at "text"; the fields are /,
  )
})

test('A file that is no Parquet is named', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'a.parquet'), 'PAR1')
  const read = Array.fromAsync(parquetPassages(join(folder.path, 'a.parquet')))
  await expect(read).rejects.toThrow(/a\.parquet: is not whole Parquet/)
})
