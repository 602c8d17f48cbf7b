import { randomBytes } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { contentOf } from '../../../schemas/task.ts'
import { parquet } from '../../../tasks/parquet.ts'
import { readElsewhere } from '../../../tasks/remote/pins.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { source } from '../files.ts'
import { hubServer } from './hub-server.ts'
import { fill, workplace } from './places.ts'
import { bucketServer, fileServer, plainServer } from './servers.ts'

const fields = { question: 'question', images: 'image', answer: 'answer' }
const options = { fields, source, rest: 'ignore' as const }

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
afterEach(() => vi.unstubAllEnvs())

/** Two row groups, each mostly of a column that nobody wants. */
const heavy = (image: Uint8Array, ...answers: string[]) =>
  new Uint8Array(
    parquetWriteBuffer({
      rowGroupSize: 1,
      codec: 'UNCOMPRESSED',
      columnData: [
        { name: 'question', data: answers.map(() => 'Which colour?'), type: 'STRING' },
        {
          name: 'heavy',
          data: answers.map(() => new Uint8Array(randomBytes(3_000_000))),
          type: 'BYTE_ARRAY',
        },
        { name: 'answer', data: answers, type: 'STRING' },
        { name: 'image', data: answers.map(() => image), type: 'BYTE_ARRAY' },
      ],
    }),
  )

let image: Uint8Array
let bytes: Uint8Array
let path: string
let web: Awaited<ReturnType<typeof fileServer>>
beforeAll(async () => {
  image = await png()
  bytes = heavy(image, 'red', 'blue')
  path = stack.use(await temporaryFolder()).path
  await fill(path, { 'a.parquet': bytes })
  web = stack.use(await fileServer(path))
})

async function openWork() {
  const work = stack.use(await workplace())
  const read = async (written: string, more = {}) => {
    const tasks = await work.take([parquet(written, { ...options, ...more })])
    return tasks.map(task => (typeof task === 'string' ? task : contentOf(task)))
  }
  return Object.assign(work, { read })
}

/** How many bytes the ranges ask for that a server heard. */
const asked = (ranges: (string | undefined)[]) =>
  ranges.reduce((sum, range) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
    return sum + (end === undefined ? (range ? 0 : bytes.length) : Number(end) + 1 - Number(start))
  }, 0)

test('of a large table only the wanted columns are fetched, and give the same tasks', async () => {
  const hub = stack.use(await hubServer())
  hub.commit({ 'a.parquet': bytes })
  const buckets = stack.use(await bucketServer())
  await buckets.put('a.parquet', bytes)
  const plain = stack.use(await plainServer(path))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  vi.stubEnv('HF_HOME', path)
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  const here = await (await openWork()).read(join(path, 'a.parquet'))
  expect(here).toMatchObject([{ answer: 'red' }, { answer: 'blue' }])
  const begin = web.heard.length
  const places = [
    'hf://datasets/own/tasks/a.parquet',
    's3://bucket/a.parquet',
    `${web.origin}/a.parquet`,
    `${plain.origin}/a.parquet`,
  ]
  for (const written of places) {
    const work = await openWork()
    expect(await work.read(written), written).toEqual(here)
    const kept = (await readdir(join(work.path, 'cache'), { recursive: true })).join(' ')
    expect(kept, written).toMatch(
      written.startsWith(plain.origin) ? /file-a\.parquet/ : /columns-\w+\.parquet/,
    )
  }
  const fromHub = hub.heard.filter(({ url }) => url.startsWith('cdn')).map(({ range }) => range)
  // The first request looks at the file and leaves its bytes.
  const fromWeb = web.heard.slice(begin + 1).map(({ range }) => range)
  for (const ranges of [fromHub, fromWeb]) {
    expect(ranges.length).toBeGreaterThan(2)
    expect(asked(ranges)).toBeLessThan(bytes.length / 4)
  }
})

test('columns that were fetched are not fetched again, and are named with what they hold', async () => {
  const work = await openWork()
  const written = `${web.origin}/a.parquet`
  const first = await work.read(written)
  const heard = web.heard.length
  expect(await work.read(written, { source: { name: 'other', licence: 'CC0-1.0' } })).toHaveLength(
    first.length,
  )
  // What is there now is looked at, and nothing is read.
  expect(web.heard.slice(heard).map(({ range }) => range)).toEqual([undefined])
  expect(await readElsewhere(work.store)).toEqual({
    files: [
      {
        file: written,
        columns: ['question', 'image', 'answer'],
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ],
  })
})

test('columns that were altered here are refused, and fetched anew by the next try', async () => {
  const work = await openWork()
  const written = `${web.origin}/a.parquet`
  const first = await work.read(written)
  const cache = join(work.path, 'cache')
  const [name = ''] = (await readdir(cache, { recursive: true })).filter(each => each.endsWith('.parquet'))
  await writeFile(join(cache, name), Buffer.alloc(bytes.length))
  const other = { source: { name: 'other', licence: 'CC0-1.0' } }
  expect(await work.read(written, other)).toEqual([
    expect.stringMatching(/it is another file now \(was sha256 \w{64}, is sha256 \w{64}\)/),
  ])
  expect(await work.read(written, other)).toHaveLength(first.length)
})

test('columns of a file that is another one now are not mixed with those of the former', async () => {
  const folder = stack.use(await temporaryFolder())
  await fill(folder.path, { 'a.parquet': bytes })
  const server = stack.use(await fileServer(folder.path))
  const work = await openWork()
  const written = `${server.origin}/a.parquet`
  await work.read(written)
  await fill(folder.path, { 'a.parquet': heavy(image, 'red', 'blue') })
  await rm(join(work.path, 'cache'), { recursive: true })
  const other = { source: { name: 'other', licence: 'CC0-1.0' } }
  expect(await work.read(written, other)).toEqual([
    expect.stringMatching(/it is another file now \(was etag:\S+, is etag:\S+\)/),
  ])
})

test('columns whose fetching broke off go on where it was', async () => {
  const hub = stack.use(await hubServer())
  hub.commit({ 'a.parquet': bytes })
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  vi.stubEnv('HF_HOME', path)
  const work = await openWork()
  hub.state.cut = 100
  expect(await work.read('hf://datasets/own/tasks/a.parquet')).toHaveLength(2)
  expect(work.news).toEqual([expect.objectContaining({ kind: 'again', number: 2 })])
})

test('where a column is not there all are fetched, so that they can be named', async () => {
  const work = await openWork()
  const taken = await work.read(`${web.origin}/a.parquet`, { fields: { ...fields, answer: 'colour' } })
  expect(taken).toEqual([expect.stringContaining('the fields are question, heavy, answer, image')])
})
