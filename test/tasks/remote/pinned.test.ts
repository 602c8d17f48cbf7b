import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Task } from '../../../schemas/task.ts'
import { jsonl } from '../../../tasks/jsonl.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { fields, row, source } from '../files.ts'
import { hubServer } from './hub-server.ts'
import { fill, linesOf, workplace } from './places.ts'
import { bucketServer, fileServer } from './servers.ts'

const options = { fields, source }
const named = (...ids: string[]) => linesOf(ids.map(id => row({ id })))
const idsOf = (taken: (Task | string)[]) => taken.map(one => (typeof one === 'string' ? one : one.id))

/** A place with a table, and how what is there changes. `written` is what a config says. */
interface Kept extends AsyncDisposable {
  written: string
  put(path: string, bytes: string | Uint8Array): Promise<unknown>
  remove(path: string): Promise<unknown>
  /** Nobody answers any more. */
  die(): Promise<void>
}

async function onHub(): Promise<Kept> {
  const hub = await hubServer()
  const files: Record<string, string | Uint8Array> = {}
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const commit = async () => void hub.commit(files)
  return {
    written: 'hf://datasets/own/tasks/*.jsonl',
    put: (path, bytes) =>
      commit()
        .then(() => Object.assign(files, { [path]: bytes }))
        .then(commit),
    remove: path => Promise.resolve(delete files[path]).then(commit),
    die: () => hub[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

async function onWeb(): Promise<Kept> {
  const folder = await temporaryFolder()
  const server = await fileServer(folder.path)
  return {
    written: `${server.origin}/tasks.jsonl?X-Amz-Signature=sealed`,
    put: (path, bytes) => fill(folder.path, { [path]: bytes }),
    remove: path => rm(join(folder.path, path)),
    die: () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function inBucket(): Promise<Kept> {
  const buckets = await bucketServer()
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  return {
    written: 's3://bucket/*.jsonl',
    put: (path, bytes) => buckets.put(path, bytes),
    remove: buckets.remove,
    die: () => buckets[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => buckets[Symbol.asyncDispose](),
  }
}

let stack: AsyncDisposableStack
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  vi.stubEnv('HF_HOME', stack.use(await temporaryFolder()).path)
})
afterEach(async () => {
  await stack.disposeAsync()
  vi.unstubAllEnvs()
})

/** A place whose table has two tasks, and a run that read them. */
async function readOnce(open: () => Promise<Kept>) {
  const place = stack.use(await open())
  await place.put('a.png', await png())
  await place.put('tasks.jsonl', named('one', 'two'))
  const work = stack.use(await workplace())
  const take = async (newest = false, more = {}) =>
    idsOf(await work.take([jsonl(place.written, { ...options, ...more })], newest))
  expect(await take()).toEqual(['one', 'two'])
  expect(work.warnings()).toEqual([])
  return { place, work, take }
}

const kinds = [
  {
    kind: 'a branch of the Hub',
    open: onHub,
    changed:
      /^hf:\S+: it is at commit \w{40} now, no longer at \w{40} \(--newest takes what is there now\); the run goes on with what it read first$/,
    gone: /it is at commit/,
  },
  {
    kind: 'a web server',
    open: onWeb,
    changed:
      /^http:\S+\/tasks\.jsonl: tasks\.jsonl is another one now \(was etag:\S+, is etag:\S+\) \(--newest/,
    gone: /404 Not Found; the run goes on/,
  },
  {
    kind: 'a bucket',
    open: inBucket,
    changed: /^s3:\S+: tasks\.jsonl is another one now \(was etag:\S+, is etag:\S+\) \(--newest/,
    gone: /tasks\.jsonl is gone \(--newest/,
  },
]

test.each(kinds)(
  'a run goes on with the tasks that it read when those of $kind are others now, and says so',
  async ({ open, changed }) => {
    const { place, work, take } = await readOnce(open)
    await place.put('tasks.jsonl', named('one', 'two', 'three'))
    expect(await take()).toEqual(['one', 'two'])
    expect(work.warnings()).toEqual([expect.stringMatching(changed)])
    expect(await take(true)).toEqual(['one', 'two', 'three'])
    expect(work.warnings()).toEqual([])
    expect(await take()).toEqual(['one', 'two', 'three'])
    expect(work.warnings()).toEqual([])
  },
)

test.each(kinds)('a run goes on without what is gone from $kind, and says so', async ({ open, gone }) => {
  const { place, work, take } = await readOnce(open)
  await place.remove('tasks.jsonl')
  expect(await take()).toEqual(['one', 'two'])
  expect(work.warnings()).toEqual([expect.stringMatching(gone)])
})

test.each(kinds)(
  'a run goes on without the network and without what was fetched from $kind',
  async ({ open }) => {
    const { place, work, take } = await readOnce(open)
    await place.die()
    await rm(join(work.path, 'cache'), { recursive: true })
    expect(await take()).toEqual(['one', 'two'])
    expect(work.warnings()).toEqual([
      expect.stringMatching(
        /it cannot be reached \(.*ECONNREFUSED.*\); the run goes on with what it read first$/,
      ),
    ])
  },
)

test.each(kinds)(
  'tasks that are read in another way come from the file of $kind that was fetched, though others are there now',
  async ({ open }) => {
    const { place, take } = await readOnce(open)
    await place.put('tasks.jsonl', named('one', 'two', 'three'))
    expect(await take(false, { rest: 'meta' })).toEqual(['one', 'two'])
  },
)

const lost = [
  { kind: 'a branch of the Hub', open: onHub, line: 'one,two' },
  {
    kind: 'a web server',
    open: onWeb,
    line: /^jsonl: http:\S+\/tasks\.jsonl: it is another file now \(was etag:\S+, is etag:\S+\); put the former one back, or take this one with --newest$/,
  },
  {
    kind: 'a bucket',
    open: inBucket,
    line: /^jsonl: s3:\S+\/tasks\.jsonl: it is another file now \(was etag:\S+, is etag:\S+\); put/,
  },
]

test.each(lost)(
  'other tasks are never taken for those of $kind that were fetched and are lost',
  async ({ open, line }) => {
    const { place, work, take } = await readOnce(open)
    await place.put('tasks.jsonl', named('one', 'two', 'three'))
    await rm(join(work.path, 'cache'), { recursive: true })
    expect(String(await take(false, { rest: 'meta' }))).toMatch(line)
  },
)

test('a refused intake pins nothing, so that what is mended there is read', async () => {
  const place = stack.use(await onHub())
  await place.put('tasks.jsonl', named('one'))
  const work = stack.use(await workplace())
  const take = async () => idsOf(await work.take([jsonl(place.written, options)]))
  expect(await take()).toEqual([
    expect.stringMatching(
      /tasks\.jsonl:1: image hf:\S+a\.png: there is no such file; correct it or remove the row$/,
    ),
  ])
  await place.put('a.png', await png())
  expect(await take()).toEqual(['one'])
})

test('a commit that is written in the config is never looked after', async () => {
  const hub = stack.use(await hubServer())
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const commit = hub.commit({ 'a.png': await png(), 'tasks.jsonl': named('one') })
  const work = stack.use(await workplace())
  const take = async () =>
    idsOf(await work.take([jsonl(`hf://datasets/own/tasks@${commit}/tasks.jsonl`, options)]))
  expect(await take()).toEqual(['one'])
  const asked = hub.heard.length
  expect(await take()).toEqual(['one'])
  expect(hub.heard.length).toBe(asked)
})

test('a run that reads nothing again says the same of its tasks and pictures', async () => {
  const hub = stack.use(await hubServer())
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const seeThrough = await sharp(await png())
    .ensureAlpha(0.5)
    .png()
    .toBuffer()
  const rows = (kind: string) =>
    linesOf([
      row({ id: `${kind}, plain` }),
      row({ id: `${kind}, seen through`, image: 'b.png' }),
      row({ id: `${kind}, marked`, question: '<image> What?' }),
    ])
  hub.commit({
    'a.png': await png(),
    'b.png': seeThrough,
    'one.jsonl': rows('one'),
    'two.jsonl': rows('two'),
  })
  const work = stack.use(await workplace())
  const sources = () => ['one', 'two'].map(name => jsonl(`hf://datasets/own/tasks/${name}.jsonl`, options))
  const first = await work.takeIn(sources())
  expect(first).toMatchObject({ count: 6, note: { counts: { 'drawn anew': 2 } } })
  expect(first.changed).toHaveLength(1)
  hub.state.mood = () => ({ status: 503 })
  expect(await work.takeIn(sources())).toEqual(first)
})
