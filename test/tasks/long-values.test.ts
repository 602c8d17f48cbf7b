import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import { checkTextRows, textRows } from '../../tasks/text-rows.ts'
import { jsonlPassages } from '../../tools/corpus/passages.ts'
import { fields, folderWithImage, refusal, row, source } from './files.ts'

const long = 'iVBORw0KGgoAAAANSUhEUgAA#'.repeat(40_000)
/** What a line may have in characters: place, words and a few values. */
const most = 1000

const values: [title: string, value: unknown][] = [
  ['a text', long],
  ['a text with control characters', '\u001b'.repeat(1e6)],
  ['a list of texts', [long, long]],
  ['a long list', Array.from({ length: 100_000 }, (_, index) => `item ${index}`)],
  ['an object', { [long]: long }],
  ['an address', `https://example.org/${long}`],
  ['a data URL', `data:image/png;base64,${long}`],
  ['a list as text', JSON.stringify([long, long])],
  ['bytes', { bytes: long }],
]

const mapped = {
  ...fields,
  choices: 'choices',
  answerType: 'type',
  tolerance: 'tolerance',
  category: 'category',
  meta: 'meta',
}
const plain = { ...row(), choices: null, type: null, tolerance: null, category: null, meta: null }

test.each(values)('%s of a megabyte is never printed whole, whatever field it is in', async (_, value) => {
  await using folder = await folderWithImage()
  const names = Object.keys(plain)
  const rows = names.flatMap(name => ['', 'choice', 'date'].map(type => ({ ...plain, type, [name]: value })))
  const file = await folder.lines('tasks.jsonl', [...rows, { ...plain, [long]: value }])
  const lines = await refusal([jsonl(file, { fields: mapped, source })], folder.path)
  expect(lines.length).toBeGreaterThan(names.length)
  for (const line of lines) expect(line.length).toBeLessThan(most)
})

test('no value of a megabyte in a column of Parquet is printed whole', async () => {
  await using folder = await folderWithImage()
  const columnData = [...Object.keys(row()), long].map(name => ({
    name,
    data: [long],
    type: 'STRING' as const,
  }))
  const file = await folder.write('tasks.parquet', Buffer.from(parquetWriteBuffer({ columnData })))
  const lines = await refusal([parquet(file, { fields, source })], folder.path)
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line.length).toBeLessThan(most)
})

test('rows of text and passages do not print their long values either', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('rows.jsonl', [{ [long]: long }, { id: [long] }])
  const mappedText = { question: 'q', reasoning: 'r', answer: 'id' }
  const told = [
    checkTextRows(textRows(file, { fields: mappedText, source })),
    Array.fromAsync(jsonlPassages(file)),
  ].map(reading => reading.catch(error => error))
  for (const error of await Promise.all(told)) {
    expect(error).toBeInstanceOf(InputError)
    for (const line of error.lines) expect(line.length).toBeLessThan(most)
  }
})

test("what a user's own source says is cut, too, and keeps its end", () => {
  const { lines } = new InputError([`tasks: ${long}; correct the row`])
  expect(lines[0]?.length).toBeLessThan(most)
  expect(lines[0]).toMatch(/^tasks: .*…/)
  expect(lines[0]).toMatch(/; correct the row$/)
})
