import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { defaultStore, runFrom, storeOf } from '../../store/default.ts'
import { DamagedError, LockedError, StoreError } from '../../store/errors.ts'
import { s3Kind } from '../../store/s3.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { storeConformance } from '../conformance/store.ts'
import { temporaryFolder } from '../fixtures.ts'
import { bucketServer } from '../tasks/remote/servers.ts'
import { bucketProxy, type Fate } from './bucket-proxy.ts'

let buckets: Awaited<ReturnType<typeof bucketServer>>
beforeAll(async () => {
  buckets = await bucketServer()
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await buckets[Symbol.asyncDispose]()
})

/** The run is named, so any folder may go on with it. */
const kindAt = (endpoint: string) => s3Kind({ bucket: 'bucket', prefix: randomUUID(), endpoint, run: 'run' })

storeConformance(async work => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  await work(() => kind.open(join(folder.path, 'run')))
})

/** A folder of another machine that knows of the run in one. */
async function elsewhere(one: string, other: string): Promise<string> {
  await mkdir(other, { recursive: true })
  await cp(join(one, 'store.json'), join(other, 'store.json'))
  return other
}

/** A kind behind a proxy, which waits for nothing. */
async function behindProxy() {
  const between = await bucketProxy(buckets.origin)
  const waits: number[] = []
  const place = { bucket: 'bucket', prefix: randomUUID(), endpoint: between.origin, run: 'run' }
  const kind = s3Kind(place, { wait: async time => void waits.push(time), packAt: 16 })
  return { between, waits, place, kind, [Symbol.asyncDispose]: () => between[Symbol.asyncDispose]() }
}

test('what was put on one machine is there on another one', async () => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  const large = Buffer.alloc(100_000, 'large')
  {
    await using store = await kind.open(join(folder.path, 'one/run'))
    await store.put('replies', 'a', 'kept')
    await store.put('turns', 'b', 'forgotten')
    await store.delete('turns', 'b')
    await Promise.all([large, Buffer.from('small')].map(store.putBlob))
  }
  await using store = await kind.open(join(folder.path, 'other/run'))
  expect([await store.get('replies', 'a'), await store.count('turns')]).toEqual(['kept', 0])
  expect(String(await store.getBlob(sha256('small')))).toBe('small')
  expect(Buffer.from(await store.getBlob(sha256(large)))).toEqual(large)
})

test('files of the run come to another machine with what shows them, and what another one shows since comes here', async () => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
  const exporting = async (run: string, number: string, words: Record<string, string>) => {
    await using _held = await kind.lock(run)
    await using store = await kind.open(run)
    await mkdir(join(run, 'exports', number), { recursive: true })
    const files = Object.entries(words).map(([path, text]) => ({ path: `exports/${number}/${path}`, text }))
    for (const { path, text } of files) await writeFile(join(run, path), text)
    const kept = files.map(({ path, text }) => ({ path, bytes: text.length, sha256: sha256(text) }))
    await store.keepFiles?.([...kept, { path: 'export', link: `exports/${number}` }])
  }
  const large = 'large '.repeat(20_000)
  await exporting(one, '0001', { small: 'small', large })
  {
    await using _read = await kind.read(await elsewhere(one, other))
    expect(await readlink(join(other, 'export'))).toBe('exports/0001')
    expect(await readFile(join(other, 'export/large'), 'utf8')).toBe(large)
  }
  // Here the second export was stopped before it came into the bucket.
  await mkdir(join(one, 'exports/0002'))
  await writeFile(join(one, 'exports/0002/small'), 'never put')
  await exporting(other, '0002', { small: 'newer', large })
  await using _held = await kind.lock(one)
  await using _store = await kind.open(one)
  expect(await readFile(join(one, 'export/small'), 'utf8')).toBe('newer')
  expect(await readFile(join(one, 'exports/0002.refused/small'), 'utf8')).toBe('never put')
})

test.each([
  [{ path: '../outside', bytes: 1, sha256: sha256('a') }],
  [{ path: '/outside', bytes: 1, sha256: sha256('a') }],
  [{ path: 'a/../../outside', bytes: 1, sha256: sha256('a') }],
  [{ path: 'export', link: '../outside' }],
])('files that a bucket has lie outside of the folder are refused: %o', async file => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
  {
    await using store = await kind.open(one)
    const list = await store.putBlob(Buffer.from(JSON.stringify([file])))
    await store.put('files', '00000000', { list })
  }
  await expect(kind.read(await elsewhere(one, other))).rejects.toThrow(/are said to lie at "[^\n]+outside/)
})

test('a long log is opened anew with few requests, also after somebody else has gone on with it', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
  const writing = async (run: string, from: number, to: number) => {
    await using store = await at.kind.open(run)
    for (let index = from; index < to; index++) await store.put('turns', `key-${index}`, index)
  }
  const counted = async (run: string) => {
    at.between.heard.splice(0)
    await using store = await at.kind.read(run)
    return { turns: await store.count('turns'), requests: at.between.heard.length }
  }
  await writing(one, 0, 35)
  const { turns, requests } = await counted(await elsewhere(one, other))
  expect(turns).toBe(35)
  // The run, two packs, the three segments after them and the last one in them; a listing of each.
  expect(requests).toBeLessThan(10)
  await writing(other, 35, 37)
  expect(await counted(one)).toEqual({ turns: 37, requests: expect.any(Number) })
  await writing(one, 37, 38)
  expect(await counted(other)).toEqual({ turns: 38, requests: expect.any(Number) })
})

test('two that write at once agree on which value was first', async () => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  await using one = await kind.open(join(folder.path, 'one/run'))
  await using other = await kind.open(join(folder.path, 'other/run'))
  const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`)
  const told = await Promise.all(
    keys.map(key => Promise.all([one.put('turns', key, 'one'), other.put('turns', key, 'other')])),
  )
  for (const [first, second] of told) expect(first).toBe(second)
})

test('all that is written at once goes in one request', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  await using store = await at.kind.open(join(folder.path, 'run'))
  at.between.heard.splice(0)
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.put('turns', `key-${index}`, index)))
  expect(at.between.heard.map(({ asked }) => asked.split('?')[0])).toEqual([
    `PUT /bucket/${at.place.prefix}/run/log/000000000000`,
  ])
})

test.each<Fate>([503, 409, 429, 'cut off', 'answer lost'])(
  'where a request is answered with or ends by %s, it is made again and nothing is there twice',
  async fate => {
    await using folder = await temporaryFolder()
    await using at = await behindProxy()
    const warnings: string[] = []
    await using store = await at.kind.open(join(folder.path, 'run'), message => warnings.push(message))
    let times = 0
    at.between.state.fate = asked => (asked.startsWith('PUT') && times++ < 2 ? fate : 'handed on')
    expect(await store.put('replies', 'a', 'first')).toBe('first')
    expect(warnings).toHaveLength(at.waits.length)
    expect(warnings[0]).toMatch(/^s3:\/\/bucket\/\S+\/log\/000000000000: [^\n]+: try 2 of 8$/)
    expect(await Array.fromAsync(store.scan('replies'))).toEqual([{ key: 'a', value: 'first' }])
  },
)

test('what a bucket never took is kept on this disk, and is there when it takes things again', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  const path = join(folder.path, 'run')
  {
    await using store = await at.kind.open(path)
    at.between.state.fate = () => 503
    const put = store.put('replies', 'a', 'paid for')
    await expect(put).rejects.toThrow(StoreError)
    await expect(put).rejects.toThrow(/^s3:\/\/bucket\/[^\n]+: 503 [^\n]+; run the same command again later$/)
    expect(at.waits).toHaveLength(7)
  }
  at.between.state.fate = () => 'handed on'
  await using _again = await at.kind.open(path)
  await using elsewhere = await at.kind.open(join(folder.path, 'elsewhere/run'))
  expect(await elsewhere.get('replies', 'a')).toBe('paid for')
})

test('a server that writes over what is there is refused before anything is kept', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  at.between.state.fate = () => 'conditions lost'
  const refused = /^s3:\/\/bucket\/[^\n]+: this server heeds no `If-None-Match` [^\n]+; name one that does/
  await expect(at.kind.lock(join(folder.path, 'run'))).rejects.toThrow(refused)
  await expect(at.kind.open(join(folder.path, 'run'))).rejects.toThrow(refused)
})

test('a run is held by one at a time, on whatever machine, and free when it is let go of', async () => {
  await using folder = await temporaryFolder()
  const kind = kindAt(buckets.origin)
  const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
  {
    await using _held = await kind.lock(one)
    await expect(kind.lock(other)).rejects.toThrow(/works on this run, its last sign of life came \d+ s ago/)
    await expect(kind.lock(one)).rejects.toThrow(LockedError)
    expect(await kind.isHeld(other)).toBe(true)
  }
  expect(await kind.isHeld(other)).toBe(false)
  await using _again = await kind.lock(other)
})

test.each(['nothing', 'something'])(
  'a run is taken over from who gives no sign of life, who writes nothing more: %s was put there meanwhile',
  async put => {
    await using folder = await temporaryFolder()
    await using between = await bucketProxy(buckets.origin)
    const place = { bucket: 'bucket', prefix: randomUUID(), endpoint: between.origin, run: 'run' }
    const clock = { time: 0 }
    const kind = s3Kind(place, { now: () => clock.time })
    const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
    await using _held = await kind.lock(one)
    await using store = await kind.open(one)
    await store.put('replies', 'a', 'before')
    // It stops just when it has begun to write.
    const [stopped, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    between.state.fate = async (asked): Promise<Fate> => {
      if (!/^PUT .*\/log\/000000000001/.test(asked)) return 'handed on'
      between.state.fate = () => 'handed on'
      stopped.resolve()
      await released.promise
      return 'handed on'
    }
    const late = store.put('replies', 'late', 'late').catch(error => error)
    await stopped.promise
    await expect(kind.lock(other)).rejects.toThrow(LockedError)
    clock.time += 60_000
    between.state.ahead = 60_000
    await using _taken = await kind.lock(other)
    await using next = await kind.open(other)
    if (put === 'something') await next.put('replies', 'b', 'after')
    released.resolve()
    expect(await late).toBeInstanceOf(LockedError)
    await expect(store.put('replies', 'later', 'later')).rejects.toThrow(
      /another process works on this run by now/,
    )
    await next.put('replies', 'c', 'after')
    await using third = await (await storeOf(other)).read(other)
    const keys = (await Array.fromAsync(third.scan('replies'))).map(({ key }) => key)
    expect(keys).toEqual(put === 'something' ? ['a', 'b', 'c'] : ['a', 'c'])
  },
)

test('whoever was killed in a folder stands in nobody’s way there', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  const path = join(folder.path, 'run')
  const held = await at.kind.lock(path)
  // It goes without a word to the bucket.
  at.between.state.fate = () => 403
  await held[Symbol.asyncDispose]?.()
  at.between.state.fate = () => 'handed on'
  await expect(at.kind.lock(join(folder.path, 'elsewhere/run'))).rejects.toThrow(LockedError)
  await using _again = await at.kind.lock(path)
})

test('a log that lost what was read of it is not gone on with', async () => {
  await using folder = await temporaryFolder()
  const prefix = randomUUID()
  const kind = s3Kind({ bucket: 'bucket', prefix, endpoint: buckets.origin, run: 'run' })
  {
    await using store = await kind.open(join(folder.path, 'run'))
    await store.put('replies', 'a', 1)
  }
  await buckets.remove(`${prefix}/run/log/000000000000`)
  await expect(kind.open(join(folder.path, 'run'))).rejects.toThrow(DamagedError)
  await buckets.put(`${prefix}/run/log/000000000000`, 'of somebody else')
  await expect(kind.open(join(folder.path, 'other/run'))).rejects.toThrow(
    /log\/000000000000 is damaged \([^\n]+\); put it back from a copy of the bucket/,
  )
})

test('a folder is of one store, and a store of one place', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'run')
  await (await kindAt(buckets.origin).open(path))[Symbol.asyncDispose]()
  await expect(kindAt(buckets.origin).open(path)).rejects.toThrow(
    /is kept in s3:\/\/bucket\/\S+ at http\S+, and s3:\/\/bucket\/\S+ at http\S+ was named/,
  )
  const before = join(folder.path, 'before')
  await (await openSqliteStore(before))[Symbol.asyncDispose]()
  await expect(kindAt(buckets.origin).open(before)).rejects.toThrow(/take `store` out, or give the run/)
})

test('two runs of one name never share a log, and who means the one that is there says so', async () => {
  await using folder = await temporaryFolder()
  const place = { bucket: 'bucket', prefix: randomUUID(), endpoint: buckets.origin }
  const [one, other] = [join(folder.path, 'one/run'), join(folder.path, 'other/run')]
  const kind = s3Kind(place)
  {
    await using store = await kind.open(one)
    await store.put('replies', 'a', 'of one')
  }
  const refused = await kind.open(other).catch(error => error)
  expect(refused).toBeInstanceOf(StoreError)
  expect(refused.message).toContain(`holds another run of this name, begun in ${one} on `)
  expect(existsSync(join(other, 'store.json'))).toBe(false)
  const [, run = ''] = /say `run: '(.+)'`/.exec(refused.message) ?? []
  await expect(s3Kind({ ...place, run: 'a third' }).open(other)).rejects.toThrow(/holds another run/)
  await using store = await s3Kind({ ...place, run }).open(other)
  expect(await store.get('replies', 'a')).toBe('of one')
  // A folder that was lost is the same one.
  await rm(one, { recursive: true })
  await using again = await kind.open(one)
  expect(await again.get('replies', 'a')).toBe('of one')
})

test('a run is had by its address, and nothing where there is none', async () => {
  await using folder = await temporaryFolder()
  vi.stubEnv('AWS_ENDPOINT_URL', buckets.origin)
  const prefix = randomUUID()
  {
    await using store = await s3Kind({ bucket: 'bucket', prefix, endpoint: buckets.origin }).open(
      join(folder.path, 'run'),
    )
    await store.put('replies', 'a', 'kept')
  }
  const run = await runFrom(`s3://bucket/${prefix}/run/`, join(folder.path, 'elsewhere'))
  expect(run).toBe(join(folder.path, 'elsewhere/run'))
  await using store = await (await storeOf(run)).read(run)
  expect(await store.get('replies', 'a')).toBe('kept')
  await expect(runFrom(`s3://bucket/${prefix}/other`, folder.path)).rejects.toThrow(
    /there is no run; give one such as/,
  )
  await expect(runFrom('s3://bucket', folder.path)).rejects.toThrow(
    /is no address of a run; give one such as/,
  )
})

test('a folder whose run lies in a bucket is not begun anew on this disk', async () => {
  await using folder = await temporaryFolder()
  await (await kindAt(buckets.origin).open(folder.path))[Symbol.asyncDispose]()
  for (const open of [defaultStore.lock, defaultStore.open])
    await expect(open(folder.path)).rejects.toThrow(
      /is kept in s3:\S+ at \S+; put `store: s3\(…\)` back, or give/,
    )
})

test('a store is found by the folder of its run, and read there without a lock', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'run')
  await using writing = await kindAt(buckets.origin).open(path)
  await writing.put('turns', 'a', 1)
  const found = await storeOf(path)
  expect([found.name, await found.isIn(path)]).toEqual(['s3', true])
  expect(await readFile(join(path, 'store.json'), 'utf8')).not.toMatch(/secret|key/)
  await using reading = await found.read(path)
  await writing.put('turns', 'b', 2)
  expect(await reading.count('turns')).toBe(2)
  await expect(reading.put('turns', 'c', 3)).rejects.toThrow(/is open to be read$/)
})

test('who is nobody is told so, and no secret is', async () => {
  await using folder = await temporaryFolder()
  await using at = await behindProxy()
  at.between.state.fate = () => 403
  const refused = at.kind.open(join(folder.path, 'run')).catch(error => String(error))
  expect(await refused).toMatch(/403 [^\n]*set AWS_PROFILE, or AWS_ACCESS_KEY_ID/)
  expect(await refused).not.toContain('secret')
})
