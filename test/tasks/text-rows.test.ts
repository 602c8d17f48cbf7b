import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { checkTextRows, type TextOptions, textRows } from '../../tasks/text-rows.ts'
import { temporaryFolder } from '../fixtures.ts'

const source = { name: 'thoughts', licence: 'Apache-2.0' }
const fields = { question: 'problem', reasoning: 'solution.steps', answer: 'answer' }
const options: TextOptions = { fields, source }

async function fileOf(folder: string, ...rows: object[]): Promise<string> {
  const path = join(folder, 'thoughts.jsonl')
  await writeFile(path, rows.map(row => JSON.stringify(row)).join('\n'))
  return path
}

const row = { problem: '1 + 1?', solution: { steps: 'One and one.' }, answer: 2 }

test('rows are read from JSON Lines, with nested columns and numbers, under ids of their file', async () => {
  await using folder = await temporaryFolder()
  const path = await fileOf(folder.path, row, { ...row, name: 'x' })
  const read = (changes = {}) => Array.fromAsync(textRows(path, { ...options, ...changes }).read())
  const text = { question: '1 + 1?', reasoning: 'One and one.', answer: '2' }
  expect(await read()).toEqual([
    { id: 'thoughts/1', ...text },
    { id: 'thoughts/2', ...text },
  ])
  expect((await read({ fields: { ...fields, id: { value: 'one' } } }))[0]).toMatchObject({ id: 'one' })
})

test('rows are read from Parquet', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'thoughts.parquet')
  const columnData = ['q', 'r', 'a'].map(name => ({ name, data: [`the ${name}`], type: 'STRING' as const }))
  await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData })))
  const rows = textRows(path, { source, fields: { question: 'q', reasoning: 'r', answer: 'a' } })
  expect(await Array.fromAsync(rows.read())).toEqual([
    { id: 'thoughts/1', question: 'the q', reasoning: 'the r', answer: 'the a' },
  ])
})

test('everything wrong with the rows is said at once, each by its place', async () => {
  await using folder = await temporaryFolder()
  const path = await fileOf(folder.path, row, { problem: 'x', answer: 'y' }, { ...row, answer: ['2'] })
  const error = await checkTextRows(textRows(path, options)).catch(error => error)
  expect(error).toBeInstanceOf(InputError)
  expect(error.lines).toEqual([
    `${path}:2: reasoning: is not in the row; the fields are problem, answer`,
    expect.stringMatching(/thoughts\.jsonl:3: answer: is a list, not text/),
  ])
  await expect(checkTextRows(textRows(join(folder.path, 'none.jsonl'), options))).rejects.toThrow(
    /no file matches/,
  )
})

test.each([0, 1, 1.5])('a share of %s is refused', share => {
  expect(() => textRows('x.jsonl', { ...options, share })).toThrow(
    /^textRows: share is .*; give a share between 0 and 1$/,
  )
})
