import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonItems } from '../../tasks/json-items.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { draftsOf, fields, folderWithImage, refusal, row, source } from './files.ts'

const rows = [
  row({ id: 'one', question: 'What is "[{é,}]" or \\?' }),
  row({ id: 'two', question: '\\"', image: [{ path: 'a.png' }] }),
  row({ id: 'three' }),
]
const lines = rows.map(item => JSON.stringify(item)).join('\n')
const list = JSON.stringify(rows)

const forms: [title: string, name: string, content: string | Uint8Array][] = [
  ['an object on each line', 'a.jsonl', lines],
  ['a list', 'a.json', list],
  ['a list in a file of lines', 'a.jsonl', list],
  ['a list with a mark of byte order', 'a.json', `\ufeff${list}`],
  ['a list in pretty print', 'a.json', JSON.stringify(rows, null, 2)],
  [
    'a list with Windows line ends',
    'a.json',
    `\r\n${JSON.stringify(rows, null, '\t').replaceAll('\n', '\r\n')}\r\n`,
  ],
  ['a list with an object on each line', 'a.json', `[\n${lines.replaceAll('\n', ',\n')}\n]\n`],
  ['objects in pretty print', 'a.json', rows.map(item => JSON.stringify(item, null, 2)).join('\n')],
  [
    'objects in pretty print, close together',
    'a.json',
    rows.map(item => JSON.stringify(item, null, 2)).join(''),
  ],
  ['gzip', 'a.jsonl.gz', gzipSync(lines)],
  ['gzip with another end', 'a.jsonl.GZ', gzipSync(lines)],
  ['gzip without an end', 'a', gzipSync(list)],
  [
    'gzip in several members',
    'a.jsonl.gz',
    Buffer.concat(lines.split(/(?<=\n)/).map(line => gzipSync(line))),
  ],
  ['no gzip in spite of its name', 'a.jsonl.gz', lines],
]

test.each(forms)('rows are read from %s', async (_, name, content) => {
  await using folder = await folderWithImage()
  const file = await folder.write(name, content)
  const drafts = await draftsOf(jsonl(file, { fields, source }))
  expect(drafts).toMatchObject(
    rows.map(({ id, question }, index) => ({ id, question, place: `${file}:${index + 1}` })),
  )
})

const broken: [title: string, content: string, lines: (string | RegExp)[]][] = [
  ['an empty list', '[]', ['a.json: has no rows; fill it or leave it out']],
  ['nothing', '', ['a.json: has no rows; fill it or leave it out']],
  [
    'a list with items that are no objects',
    `[${JSON.stringify(rows[0])}, 7, [${JSON.stringify(rows[1])}], ${JSON.stringify(row({ id: 'x', question: '' }))}]`,
    [
      'a.json:2: is not a JSON object; put one object on each line',
      'a.json:3: is not a JSON object; put one object on each line',
      'a.json:4: question: is empty; write the question or remove the row',
    ],
  ],
  [
    'a list with an item that is no JSON',
    `[{"id": x}, ${JSON.stringify(row({ id: 'x', question: '' }))}]`,
    [
      /^a\.json:1: is not JSON \(.*\); /,
      'a.json:2: question: is empty; write the question or remove the row',
    ],
  ],
  [
    'a list without a comma',
    `[${JSON.stringify(rows[0])} ${JSON.stringify(rows[1])}]`,
    [/^a\.json:1: is not JSON \(.*\); /],
  ],
  [
    'a list with two commas',
    `[${JSON.stringify(rows[0])},, ${JSON.stringify(rows[1])},]`,
    [/^a\.json:2: is empty; /, /^a\.json:4: is empty; /],
  ],
  [
    'a list that was cut off',
    list.slice(0, -3),
    ['a.json: after row 2: ends within a list or an object; fetch the file again'],
  ],
  [
    'a list that was cut off in its first row',
    list.slice(0, 30),
    ['a.json: ends within a list or an object; fetch the file again'],
  ],
  [
    'more after a list',
    `${list}\n${list}`,
    ['a.json: after row 3: goes on after its list; write one list, or one object on each line'],
  ],
  [
    'rows under a key of one object',
    JSON.stringify({ version: 2, data: rows }),
    [
      'a.json:1: id: there is no field "id"; the fields are version, data; it is in the rows of "data": write that list to a file of its own',
      'a.json:1: question: there is no field "question"; the fields are version, data; it is in the rows of "data": write that list to a file of its own',
      'a.json:1: images: there is no field "image"; the fields are version, data; it is in the rows of "data": write that list to a file of its own',
      'a.json:1: answer: there is no field "answer"; the fields are version, data; it is in the rows of "data": write that list to a file of its own',
    ],
  ],
]

test.each(broken)('%s is refused where it is broken', async (_, content, said) => {
  await using folder = await folderWithImage()
  const file = await folder.write('a.json', content)
  const told = await refusal([jsonl(file, { fields, source, rest: 'ignore' })], folder.path)
  expect(told).toEqual(said.map(line => (typeof line === 'string' ? line : expect.stringMatching(line))))
})

const json = fc.jsonValue({ maxDepth: 4 })
const pieces = fc.integer({ min: 1, max: 7 })

test('any list comes back item by item, however it falls into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(json), fc.constantFrom(undefined, 2), pieces, async (values, space, size) => {
      const items = await itemsIn(JSON.stringify(values, null, space), true, size)
      expect(items).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('any objects one after the other come back one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), json)), pieces, async (values, size) => {
      const items = await itemsIn(values.map(value => JSON.stringify(value, null, 1)).join('\n'), false, size)
      expect(items).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

async function itemsIn(text: string, isList: boolean, size: number) {
  const bytes = Buffer.from(text)
  async function* cutUp() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
  }
  const items = await Array.fromAsync(jsonItems(cutUp(), isList), item => item.toString())
  return items.filter(item => item.trim() !== '').map(item => JSON.parse(item))
}

test('no more of a list is read than the item that is asked for', async () => {
  let pulled = 0
  async function* endless() {
    yield Buffer.from('[')
    for (;;) yield Buffer.from(`{"number": ${pulled++}},`)
  }
  let number = 0
  for await (const item of jsonItems(endless(), true)) {
    expect(JSON.parse(item.toString())).toEqual({ number })
    expect(pulled).toBe(number + 1)
    if (++number === 1000) break
  }
})
