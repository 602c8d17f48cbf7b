import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { taskSourceConformance } from '../conformance/task-source.ts'
import { png } from '../fixtures.ts'
import { draftsOf, fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

taskSourceConformance(async work => {
  await using folder = await folderWithImage()
  const rows = ['first', 'second', 'third'].map(id => row({ id }))
  const good = await folder.lines('good.jsonl', rows)
  const broken = await folder.lines('broken.jsonl', rows.with(1, row({ question: 3 })))
  await work({
    good: jsonl(good, { fields, source }),
    ids: ['first', 'second', 'third'],
    broken: jsonl(broken, { fields, source }),
  })
})

test('every field of a row is mapped, from nested columns, constants and translated values', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [
    {
      key: 7,
      prompt: { text: 'Which?' },
      pictures: ['a.png', { bytes: null, path: 'a.png' }],
      options: ['red', 2],
      label: 'two',
      kind: 'multi_choice',
      level: 3,
      origin: { page: 1 },
      'dotted.name': 'kept',
    },
  ])
  const [draft] = await draftsOf(
    jsonl(file, {
      fields: {
        id: 'key',
        question: 'prompt.text',
        images: 'pictures',
        choices: 'options',
        answer: { field: 'label', values: { two: '2' } },
        answerType: { field: 'kind', values: { multi_choice: 'choice' } },
        category: { value: 'colours' },
        tolerance: { value: 0.05 },
        meta: ['level', 'origin', 'dotted.name'],
      },
      source,
    }),
  )
  const path = join(folder.path, 'a.png')
  expect(draft).toEqual({
    place: `${file}:1`,
    id: '7',
    question: 'Which?',
    images: [1, 2].map(number => ({ place: `${file}:1: image ${number} ${path}`, path })),
    choices: ['red', '2'],
    answer: '2',
    answerType: 'choice',
    tolerance: 0.05,
    category: 'colours',
    source,
    meta: { level: 3, origin: { page: 1 }, 'dotted.name': 'kept' },
    origin: { file, row: 1 },
  })
})

test('what is not mapped has a sensible default', async () => {
  await using folder = await folderWithImage()
  const { id: _, ...plain } = row()
  const file = await folder.lines('set.jsonl', [
    { ...plain, choices: null },
    { ...plain, choices: ['red', 'blue'] },
  ])
  const { id: _id, ...rest } = fields
  const { tasks } = await takeIn([jsonl(file, { fields: { ...rest, choices: 'choices' }, source })])
  expect(
    tasks.map(({ id, answerType, category, tolerance, meta }) => [id, answerType, category, tolerance, meta]),
  ).toEqual([
    ['set/1', 'text', 'default', null, {}],
    ['set/2', 'choice', 'default', null, {}],
  ])
})

test('fields that are not mapped are kept in meta or left out, as the config says', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ meta: { a: 1 }, hint: 'x' })])
  const metaWith = async (rest: 'meta' | 'ignore') => {
    const { tasks } = await takeIn([jsonl(file, { fields: { ...fields, meta: 'meta' }, source, rest })])
    return tasks[0]?.meta
  }
  expect(await metaWith('meta')).toEqual({ a: 1, hint: 'x' })
  expect(await metaWith('ignore')).toEqual({ a: 1 })
})

test('an image may be a data URL, an absolute path or a path above the file', async () => {
  await using folder = await folderWithImage()
  await mkdir(join(folder.path, 'deep'))
  const inside = `data:image/png;base64,${(await png()).toString('base64')}`
  const images = [inside, join(folder.path, 'a.png'), '../a.png']
  const file = await folder.lines('deep/tasks.jsonl', [row({ image: images })])
  const { tasks } = await takeIn([jsonl(file, { fields, source })])
  const [first, ...others] = tasks[0]?.images ?? []
  expect(first).toMatchObject({ width: 8, height: 6, mime: 'image/png' })
  expect(others).toEqual([first, first])
})

test('files are named by paths, globs and file URLs, each read once, in a stable order', async () => {
  await using folder = await folderWithImage()
  for (const name of ['c', 'a', 'b', 'z[1]']) await folder.lines(`${name}.jsonl`, [row({ id: name })])
  const ids = async (files: Parameters<typeof jsonl>[0]) =>
    (await draftsOf(jsonl(files, { fields, source }))).map(entry =>
      'id' in entry ? entry.id : entry.problem,
    )
  expect(await ids(join(folder.path, '{c,a,b}.jsonl'))).toEqual(['a', 'b', 'c'])
  expect(await ids([join(folder.path, 'b.jsonl'), `${folder.path}/*.jsonl`])).toEqual(['b', 'a', 'c', 'z[1]'])
  expect(await ids(join(folder.path, 'z[1].jsonl'))).toEqual(['z[1]'])
  const url = pathToFileURL(join(folder.path, 'c.jsonl'))
  expect(await ids([url, url.href])).toEqual(['c'])
})

test('a gzipped file is read as its text, however the lines fall into pieces', async () => {
  await using folder = await folderWithImage()
  const rows = Array.from({ length: 3000 }, (_, index) =>
    row({ id: `${index}`, question: `é${'x'.repeat(index)}` }),
  )
  const text = rows.map(item => JSON.stringify(item)).join('\n')
  const plain = await folder.write('tasks.jsonl', text)
  const packed = await folder.write('packed.jsonl.gz', gzipSync(text))
  const questions = async (file: string) =>
    (await draftsOf(jsonl(file, { fields, source }))).map(entry => 'question' in entry && entry.question)
  expect(await questions(plain)).toEqual(rows.map(item => item.question))
  expect(await questions(packed)).toEqual(rows.map(item => item.question))
})

test('a mark of byte order, blank lines and Windows line ends do no harm', async () => {
  await using folder = await folderWithImage()
  const file = await folder.write(
    'tasks.jsonl',
    `\ufeff${JSON.stringify(row())}\r\n\r\n${JSON.stringify(row({ id: 'b' }))}`,
  )
  const drafts = await draftsOf(jsonl(file, { fields, source }))
  expect(drafts).toMatchObject([
    { id: 'one', place: `${file}:1` },
    { id: 'b', place: `${file}:3` },
  ])
})

test('a broken line is named by its number, and the lines after it are read', async () => {
  await using folder = await folderWithImage()
  const good = JSON.stringify(row())
  const bytes = Buffer.concat([
    Buffer.from(`${good}\n{"id": "b"\n[1]\n"text"\n`),
    Buffer.from([0xe9, 0x0a]),
    Buffer.from(`${JSON.stringify(row({ id: 'last', question: '' }))}\n`),
  ])
  const file = await folder.write('tasks.jsonl', bytes)
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    "tasks.jsonl:2: is not JSON (Expected ',' or '}' after property value in JSON at position 10); correct the line or remove it",
    'tasks.jsonl:3: is not a JSON object; put one object on each line',
    'tasks.jsonl:4: is not a JSON object; put one object on each line',
    'tasks.jsonl:5: is not UTF-8; convert the file to UTF-8',
    'tasks.jsonl:6: question: is empty; write the question or remove the row',
  ])
})

test('gzip that was cut off is said to be so', async () => {
  await using folder = await folderWithImage()
  const packed = gzipSync(
    Array.from({ length: 99 }, (_, id) => `${JSON.stringify(row({ id: `${id}` }))}\n`).join(''),
  )
  const cut = await folder.write('cut.jsonl.gz', packed.subarray(0, -9))
  const lines = await refusal([jsonl(cut, { fields, source })], folder.path)
  expect(lines).toEqual([
    expect.stringMatching(
      /^cut\.jsonl\.gz: (after line \d+: )?is not whole gzip \(unexpected end of file\); unpack it by hand or fetch it again$/,
    ),
  ])
})

test('files that are empty, missing, folders or no files are refused', async () => {
  await using folder = await folderWithImage()
  await mkdir(join(folder.path, 'data'))
  const files = [
    await folder.write('empty.jsonl', '\n'),
    join(folder.path, 'missing.jsonl'),
    join(folder.path, 'none-*.jsonl'),
    join(folder.path, 'data'),
    '/dev/null',
  ]
  expect(await refusal([jsonl(files, { fields, source })], folder.path)).toEqual([
    'empty.jsonl: has no rows; fill it or leave it out',
    `missing.jsonl: no file matches it in ${process.cwd()}; check the path`,
    `none-*.jsonl: no file matches it in ${process.cwd()}; check the path`,
    'data: is a folder; name the files in it, as in data/*.jsonl',
    '/dev/null: is not a regular file, so it cannot be read twice; save it to one',
  ])
})

/** Root may read everything, so a test of permissions is another user while it lasts. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

test('a file or an image that may not be read is refused', async () => {
  await using folder = await folderWithImage()
  await chmod(folder.path, 0o755)
  const secret = await folder.lines('secret.jsonl', [row()])
  const open = await folder.lines('open.jsonl', [row()])
  for (const path of [secret, join(folder.path, 'a.png')]) await chmod(path, 0)
  const lines = await asOrdinaryUser(() => refusal([jsonl([secret, open], { fields, source })], folder.path))
  expect(lines).toEqual([
    'secret.jsonl: there is no permission to read it; correct that or leave it out',
    'open.jsonl:1: image a.png: there is no permission to read it; correct it or remove the row',
  ])
})

test('options that are wrong are refused before any file is opened', () => {
  const untyped: (files: string, options: unknown) => unknown = jsonl as never
  const said = (options: unknown) => {
    try {
      untyped('missing.jsonl', options)
      return ''
    } catch (error) {
      return error instanceof InputError ? error.message : String(error)
    }
  }
  expect(said({ fields })).toBe('jsonl: source is missing; give { name, licence, url }')
  expect(said({ fields: { ...fields, qestion: 'q' }, source })).toBe(
    'jsonl: `fields.qestion` is no option; did you mean `question`?',
  )
})
