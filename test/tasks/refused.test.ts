import { mkdir, symlink, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import type { TaskSource } from '../../tasks/source.ts'
import { png } from '../fixtures.ts'
import { fields, folderWithImage, refusal, row, source } from './files.ts'

/** A PNG of a few bytes whose header speaks of other dimensions. */
async function bomb(side: number): Promise<Buffer> {
  const bytes = await png()
  bytes.writeUInt32BE(side, 16)
  bytes.writeUInt32BE(side, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

const noise = (format: 'png' | 'jpeg') =>
  sharp({
    create: {
      width: 200,
      height: 200,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
      background: '#fff',
    },
  })
    .toFormat(format)
    .toBuffer()

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)

const rowCases: [title: string, changes: Record<string, unknown>, lines: string[]][] = [
  ['an empty question', { question: ' ' }, ['question: is empty; write the question or remove the row']],
  ['a null question', { question: null }, ['question: is empty; write the question or remove the row']],
  ['no answer', { answer: null }, ['answer: there is none; add the answer or remove the row']],
  ['an empty answer', { answer: '' }, ['answer: there is none; add the answer or remove the row']],
  ['an empty id', { id: '' }, ['id: is empty; give the row an id, or do not map id']],
  [
    'no image',
    { image: [] },
    [
      "images: there is none; add an image, remove the row, or set images: 'optional' if questions may do without",
    ],
  ],
  [
    'a question of the wrong type',
    { question: 7 },
    ['question: is 7, not text; correct the row or map another field'],
  ],
  [
    'an answer of the wrong type',
    { answer: ['red'] },
    ['answer: is a list, not text; correct the row or map another field'],
  ],
  [
    'two wrong fields of one row',
    { question: {}, answer: {} },
    [
      'question: is an object, not text; correct the row or map another field',
      'answer: is an object, not text; correct the row or map another field',
    ],
  ],
  [
    'an image that is none',
    { image: 3 },
    [
      'images: holds something that is no image; give a path, bytes, a data URL, { bytes, path }, or a list of these',
    ],
  ],
  [
    'an image on the web',
    { image: 'https://example.org/a.png' },
    ['images: is a URL (https://example.org/a.png); download the image and give its path'],
  ],
  [
    'an image path with a NUL character',
    { image: 'a\0.png' },
    ['images: holds a path that is empty or has a NUL character; correct the row'],
  ],
  [
    'a NUL character in the question',
    { question: 'a\0b' },
    ['question: has a NUL character or half a surrogate pair; correct the text'],
  ],
  [
    'half a character in the answer',
    { answer: '\ud800' },
    ['answer: has a NUL character or half a surrogate pair; correct the text'],
  ],
  ['a line break in the id', { id: 'a\nb' }, ['id: has control characters; write it without them']],
]

test.each(rowCases)('%s is refused in one line that names file, row and field', async (_, changes, lines) => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ id: 'good' }), row(changes)])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual(
    lines.map(line => `tasks.jsonl:2: ${line}`),
  )
})

const choiceCases: [title: string, changes: Record<string, unknown>, line: string][] = [
  [
    'an answer that is not among the choices',
    { choices: ['blue', 'green'] },
    'answer: "red" is not one of the choices "blue", "green"; correct it',
  ],
  [
    'a letter beyond the choices',
    { choices: ['red', 'blue'], answer: 'C' },
    'answer: "C" is not one of the choices "red", "blue"; correct it',
  ],
  ['a single choice', { choices: ['red'] }, 'choices: there is only one; give at least two, or none'],
  ['a choice given twice', { choices: ['red', 'red'] }, 'choices: "red" is there twice; correct the row'],
  ['an empty choice', { choices: ['red', ''] }, 'choices: one is empty; correct the row'],
  [
    'choices of the wrong type',
    { choices: 'red, blue' },
    'choices: is a string, not a list of texts; correct the row or map another field',
  ],
  [
    'the answer type choice without choices',
    { type: 'choice' },
    'choices: there are none, but the answer type is choice; map them',
  ],
  [
    'a number in words',
    { type: 'number', answer: 'seven' },
    'answer: "seven" is not a number; write it in digits, or use answer type text',
  ],
  [
    'a truth value in other words',
    { type: 'boolean', answer: 'yes' },
    'answer: "yes" is not true or false; translate it with values, or use answer type text',
  ],
  [
    'a range that is no range',
    { type: 'number', answer: '1-2-3' },
    'answer: "1-2-3" is not a number; write it in digits, or use answer type text',
  ],
  [
    'a range from the higher to the lower',
    { type: 'number', answer: '12-10' },
    'answer: "12-10" is not a number; write it in digits, or use answer type text',
  ],
  [
    'mathematics that cannot be read',
    { type: 'math', answer: '\\frac{1}{2' },
    'answer: "\\\\frac{1}{2" cannot be read as mathematics; write it in LaTeX without words, or use answer type text',
  ],
  [
    'mathematics that may be read in two ways',
    { type: 'math', answer: '1/2x' },
    'answer: "1/2x" cannot be read as mathematics; write it in LaTeX without words, or use answer type text',
  ],
  [
    'a day that may be two',
    { type: 'date', answer: '03/04/2020' },
    'answer: "03/04/2020" is not one date; write it as 2020-03-12, 2020-03 or 2020, or use answer type text',
  ],
  [
    'a day that never was',
    { type: 'date', answer: '2021-02-29' },
    'answer: "2021-02-29" is not one date; write it as 2020-03-12, 2020-03 or 2020, or use answer type text',
  ],
  [
    'a list with an empty item',
    { type: 'set', answer: 'red,, blue' },
    'answer: "red,, blue" has an empty item; write the items with commas or semicolons between them',
  ],
  [
    'a list with an item that is not among the choices',
    { type: 'set', answer: 'red, green', choices: ['red', 'blue'] },
    'answer: "red, green" is not one of the choices "red", "blue"; correct it',
  ],
  [
    'an unknown answer type',
    { type: 'multi_choice' },
    'answerType: is "multi_choice", not one of text, choice, number, boolean, math, date, set; ' +
      "translate it: answerType: { field: '…', values: { \"multi_choice\": 'text' } }",
  ],
  [
    'a tolerance above 1',
    { tolerance: 5 },
    'tolerance: is 5, not a number from 0 to 1; correct the row or map another field',
  ],
  [
    'meta that is no object',
    { meta: 'deep' },
    "meta: is a string, not an object; for single fields write meta: ['field', …]; correct the row or map another field",
  ],
]

test.each(choiceCases)('%s is refused', async (_, changes, line) => {
  await using folder = await folderWithImage()
  const all = { choices: null, type: null, tolerance: null, meta: null }
  const file = await folder.lines('tasks.jsonl', [row({ id: 'good', ...all }), row({ ...all, ...changes })])
  const mapped = { ...fields, choices: 'choices', answerType: 'type', tolerance: 'tolerance', meta: 'meta' }
  expect(await refusal([jsonl(file, { fields: mapped, source })], folder.path)).toEqual([
    `tasks.jsonl:2: ${line}`,
  ])
})

const imageCases: [title: string, bytes: () => Promise<Buffer>, line: RegExp][] = [
  ['an image of no bytes', async () => Buffer.alloc(0), /^it has no bytes; /],
  [
    'a huge image in a tiny file',
    () => bomb(30_000),
    /^it is 30000x30000 pixels; at most 50 million are taken; /,
  ],
  ['a truncated PNG', async () => half(await noise('png')), /^it cannot be decoded \(.+\); /],
  ['a truncated JPEG', async () => half(await noise('jpeg')), /^it cannot be decoded \(.+\); /],
]

test.each(imageCases)('%s is refused by name', async (_, bytes, line) => {
  await using folder = await folderWithImage()
  await folder.write('bad.png', await bytes())
  const file = await folder.lines('tasks.jsonl', [row(), row({ id: 'two', image: ['a.png', 'bad.png'] })])
  const [said = '', ...others] = await refusal([jsonl(file, { fields, source })], folder.path)
  const place = 'tasks.jsonl:2: image 2 bad.png: '
  expect(said.slice(0, place.length)).toBe(place)
  expect(said.slice(place.length)).toMatch(line)
  expect(said).toMatch(/; correct it or remove the row$/)
  expect(others).toEqual([])
})

test('an image file that is missing, a folder, a device or too large is refused unread', async () => {
  await using folder = await folderWithImage()
  await mkdir(join(folder.path, 'folder.png'))
  await symlink('/dev/zero', join(folder.path, 'endless.png'))
  await truncate(await folder.write('large.png', ''), 200_000_001)
  const images = ['missing.png', 'a.png/b.png', 'folder.png', 'endless.png', 'large.png']
  const file = await folder.lines(
    'tasks.jsonl',
    images.map((image, index) => row({ id: `${index}`, image })),
  )
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    'tasks.jsonl:1: image missing.png: there is no such file; correct it or remove the row',
    'tasks.jsonl:2: image a.png/b.png: there is no such file; correct it or remove the row',
    'tasks.jsonl:3: image folder.png: it is a folder; correct it or remove the row',
    'tasks.jsonl:4: image endless.png: it is not a regular file; correct it or remove the row',
    'tasks.jsonl:5: image large.png: it has 201 MB; at most 100 MB are taken; correct it or remove the row',
  ])
})

test('an id that is there twice names both places, over all sources', async () => {
  await using folder = await folderWithImage()
  const first = await folder.lines('first.jsonl', [row({ id: 'a' }), row({ id: 'b' })])
  const second = await folder.lines('second.jsonl', [row({ id: 'c' }), row({ id: 'a' })])
  const sources = [first, second].map(file => jsonl(file, { fields, source }))
  const at = `first.jsonl:1; ids must differ`
  expect(await refusal(sources, folder.path)).toEqual([`second.jsonl:2: id: "a" is also at ${at}`])
})

test('an id that is there twice is named also where a row has other faults', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ question: '' }), row()])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    'tasks.jsonl:1: question: is empty; write the question or remove the row',
    'tasks.jsonl:2: id: "one" is also at tasks.jsonl:1; ids must differ',
  ])
})

test('a field that is not mapped is named once, with what to do', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [
    row(),
    row({ id: 'b', hint: 'x' }),
    row({ id: 'c', hint: 'y' }),
  ])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    "tasks.jsonl:2: hint: is not mapped; name it in fields, or set rest: 'meta' to keep such fields or rest: 'ignore' to leave them out",
  ])
})

test('a mapped field that no row has is named once, with the fields there are', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ id: 'a' }), row({ id: 'b' })])
  const wrong = { ...fields, question: 'qestion', category: 'kind' }
  expect(await refusal([jsonl(file, { fields: wrong, source, rest: 'ignore' })], folder.path)).toEqual([
    'tasks.jsonl:1: question: there is no field "qestion"; the fields are id, question, image, answer',
    'tasks.jsonl: category: there is no field "kind"; the fields are id, question, image, answer',
  ])
})

test('a row that lacks a field other rows have is named', async () => {
  await using folder = await folderWithImage()
  const { answer: _, ...without } = row({ id: 'b' })
  const file = await folder.lines('tasks.jsonl', [row(), without, without])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    'tasks.jsonl:2: answer: there is no field "answer"; the fields are id, question, image',
    'tasks.jsonl:3: answer: there is no field "answer"; the fields are id, question, image',
  ])
})

test('twenty problems are listed and the others counted', async () => {
  await using folder = await folderWithImage()
  const rows = Array.from({ length: 33 }, (_, index) => row({ id: `${index}`, question: '' }))
  const file = await folder.lines('tasks.jsonl', rows)
  const lines = await refusal([jsonl(file, { fields, source })], folder.path)
  expect(lines).toHaveLength(21)
  expect(lines[19]).toBe('tasks.jsonl:20: question: is empty; write the question or remove the row')
  expect(lines[20]).toBe('and 13 more')
})

test('a line never holds a control character of the data', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ image: 'b\u001b[2J\n.png' })])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    'tasks.jsonl:1: image b\\u001b[2J\\u000a.png: there is no such file; correct it or remove the row',
  ])
})

test('no source, and a source without tasks, are refused', async () => {
  const none: TaskSource = { name: 'mine', options: {}, async *read() {} }
  expect(await refusal([none], '')).toEqual(['mine: has no tasks; give it some or leave it out'])
  expect(await refusal([], '')).toEqual(['tasks: there is no source; name one, as in jsonl(…) or parquet(…)'])
})

test('a source that breaks off is a line, not a crash, and the other sources are still looked at', async () => {
  await using folder = await folderWithImage()
  const broken: TaskSource = {
    name: 'mine',
    options: {},
    // biome-ignore lint/correctness/useYield: it breaks before the first task
    async *read() {
      throw new Error('connection lost\nstack')
    },
  }
  const file = await folder.lines('tasks.jsonl', [row({ question: '' })])
  expect(await refusal([broken, jsonl(file, { fields, source })], folder.path)).toEqual([
    'mine: cannot be read further (connection lost)',
    'tasks.jsonl:1: question: is empty; write the question or remove the row',
  ])
})

test('answers of every type are taken where they can be read', async () => {
  await using folder = await folderWithImage()
  const answers = [
    ['number', '1,234.5'],
    ['number', '10-12'],
    ['number', 'between 10 and 12'],
    ['number', '1e-5'],
    ['math', '\\left\\{\\frac{1}{2}, \\sqrt{3}\\right\\}'],
    ['math', 'x^2 + y^2 = 25'],
    ['date', '12 March 2020'],
    ['date', '2020-03'],
    ['set', 'red; green, blue'],
    ['boolean', 'true'],
    ['text', '03/04/2020'],
  ]
  const rows = answers.map(([type, answer], index) => row({ id: `${index}`, type, answer }))
  const file = await folder.lines('tasks.jsonl', [...rows, row({ id: '0', type: 'text' })])
  const mapped = { ...fields, answerType: 'type' }
  expect(await refusal([jsonl(file, { fields: mapped, source })], folder.path)).toEqual([
    `tasks.jsonl:${rows.length + 1}: id: "0" is also at tasks.jsonl:1; ids must differ`,
  ])
})
