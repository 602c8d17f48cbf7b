import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { jsonlPassages } from '../../tools/passages.ts'
import { temporaryFolder } from '../fixtures.ts'

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
  await expect(reading(`${line()}\n{"id": "b",`)).rejects.toThrow(/p\.jsonl:2: this line is not JSON/)
  await expect(reading(`\n${line({ title: 7 })}`)).rejects.toThrow(
    /p\.jsonl:2: this is no passage: title must be string/,
  )
  await expect(reading('[]')).rejects.toThrow(/p\.jsonl:1: this is no passage/)
})

test('A file that is missing or no gzip is named', async () => {
  await expect(Array.fromAsync(jsonlPassages('/nowhere/p.jsonl'))).rejects.toThrow(
    /\/nowhere\/p\.jsonl: cannot be read \(ENOENT/,
  )
  await expect(reading(line(), 'p.jsonl.gz')).rejects.toThrow(/p\.jsonl\.gz: cannot be read/)
})
