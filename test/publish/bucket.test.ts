import { appendFile, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { bucketDestination } from '../../publish/bucket.ts'
import { asAltered, openBundle } from '../../publish/bundle.ts'
import { DamagedError } from '../../store/errors.ts'
import { type Numbered, numberedExports } from '../output/lineage/numbered.ts'
import { bucketServer } from '../tasks/remote/servers.ts'
import { errand, happening } from './errand.ts'

let buckets: Awaited<ReturnType<typeof bucketServer>>
let between: Awaited<ReturnType<typeof passing>>
let exports: Numbered
beforeAll(async () => {
  buckets = await bucketServer()
  between = await passing(buckets.origin)
  exports = await numberedExports()
  files = (await openBundle(exports.at('0001'))).files.map(({ path }) => path).sort()
})
afterAll(async () => {
  await exports[Symbol.asyncDispose]()
  await between[Symbol.asyncDispose]()
  await buckets[Symbol.asyncDispose]()
})
beforeEach(() => {
  between.heard.splice(0)
  between.state.refuse = () => undefined
  vi.stubEnv('AWS_ENDPOINT_URL', between.origin)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_REGION', 'us-east-1')
})
afterEach(() => vi.unstubAllEnvs())

/** Hands requests on to a server of buckets, but for those that it refuses with a status. */
async function passing(origin: string) {
  const heard: string[] = []
  const state = { refuse: (_asked: string): number | undefined => undefined }
  const server = createServer(async (request, response) => {
    const asked = `${request.method} ${request.url}`
    heard.push(asked)
    const body = await buffer(request)
    const refused = state.refuse(asked)
    if (refused !== undefined) return response.writeHead(refused).end()
    const { method = 'GET', url, headers } = request
    const given = Object.entries(headers).filter(([name]) => !/^(host|connection|expect)$/.test(name)) as [
      string,
      string,
    ][]
    const put = method === 'PUT' ? { body } : {}
    const answer = await fetch(`${origin}${url}`, { method, headers: given, ...put })
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The keys below a prefix, without it. */
async function keys(prefix: string): Promise<string[]> {
  const client = new S3Client({ forcePathStyle: true })
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: 'bucket', Prefix: `${prefix}/` }),
  )
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1)).sort()
}

async function bytesAt(key: string): Promise<Buffer> {
  const client = new S3Client({ forcePathStyle: true })
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

/** What a push of an export to a prefix would do; after `most` requests nothing more is begun. */
async function compared(prefix: string, number: string, most?: number) {
  const heard = errand(most)
  const bundle = await openBundle(exports.at(number))
  const push = await bucketDestination(`s3://bucket/${prefix}`, heard.errand).compare(bundle)
  return { ...heard, bundle, push }
}

async function pushed(prefix: string, number: string, most?: number) {
  const all = await compared(prefix, number, most)
  return { ...all, at: await all.push.carryOut() }
}

/** Those of every export here. */
let files: string[]

const puts = () => between.heard.filter(asked => asked.startsWith('PUT'))

test('an export comes to lie under its number, its manifest last, and then there is nothing to do', async () => {
  const { at } = await pushed('first', '0001')
  expect(at).toBe('s3://bucket/first/0001')
  // One file is put once more, to see that the server does not write over it.
  expect(puts().length).toBe(files.length + 1)
  expect(puts().at(-1)).toMatch(/^PUT \/bucket\/first\/0001\/manifest\.json/)
  expect(await keys('first/0001')).toEqual(files)
  for (const path of files)
    expect(await bytesAt(`first/0001/${path}`), path).toEqual(await readFile(join(exports.at('0001'), path)))

  between.heard.splice(0)
  const { push } = await compared('first', '0001')
  expect(push.needed).toBe(false)
  expect(happening(push)).toEqual({ same: files })
  expect(puts()).toEqual([])
})

test('the next export lies beside it, and what did not change is copied there', async () => {
  await pushed('next', '0001')
  between.heard.splice(0)
  const { push, at } = await pushed('next', '0002')
  expect(at).toBe('s3://bucket/next/0002')
  expect(happening(push).copied).toContain('rejected/data/rejected-00000-of-00001.parquet')
  expect(await keys('next')).toEqual([
    ...files.map(path => `0001/${path}`),
    ...files.map(path => `0002/${path}`),
  ])
  for (const path of files)
    expect(await bytesAt(`next/0002/${path}`), path).toEqual(await readFile(join(exports.at('0002'), path)))
})

test('a push that is stopped anywhere leaves no manifest, and the next one completes it', async () => {
  await pushed('stopped', '0001')
  const before = await keys('stopped/0001')
  const { begun } = await pushed('counted', '0002')
  for (let most = 4; most < begun(); most += 2) {
    await expect(pushed('stopped', '0002', most)).rejects.toThrow('stopped')
    expect(await keys('stopped/0002')).not.toContain('manifest.json')
    expect(await keys('stopped/0001')).toEqual(before)
  }
  const half = (await keys('stopped/0002')).length
  expect(half).toBeGreaterThan(0)
  const { push } = await pushed('stopped', '0002')
  expect(happening(push).same?.length).toBe(half)
  expect(await keys('stopped/0002')).toEqual(files)
})

test('another export under the same number, and what is left of one, are not written over', async () => {
  await pushed('taken', '0001')
  await buckets.put('taken/0002/manifest.json', 'of another one')
  await expect(compared('taken', '0002')).rejects.toThrow(
    /^s3:\/\/bucket\/taken\/0002: another export lies there under this number; push to another prefix$/,
  )
  await buckets.put('taken/0003/README.md', 'of another one')
  await expect(compared('taken', '0003')).rejects.toThrow(
    /^s3:\/\/bucket\/taken\/0003\/README\.md: it is not of this export; remove s3:\/\/bucket\/taken\/0003, or push/,
  )
})

test('what somebody else puts there meanwhile is not written over', async () => {
  const { push } = await compared('raced', '0001')
  await buckets.put('raced/0001/README.md', 'of another one')
  await expect(push.carryOut()).rejects.toThrow(
    /README\.md: another file lies there now; push to another prefix$/,
  )
  expect(String(await bytesAt('raced/0001/README.md'))).toBe('of another one')
  expect(await keys('raced/0001')).not.toContain('manifest.json')
})

test('two pushes of the same at once both end well', async () => {
  const [one, other] = [await compared('both', '0001'), await compared('both', '0001')]
  await Promise.all([one.push.carryOut(), other.push.carryOut()])
  expect(await keys('both/0001')).toEqual(files)
})

test.each([409, 503, 429])('where a put is answered with %d, it is tried again', async status => {
  let times = 0
  between.state.refuse = asked => (asked.startsWith('PUT') && times++ === 0 ? status : undefined)
  const { waits, news } = await pushed(`again-${status}`, '0001')
  expect(waits.length).toBe(1)
  expect(news).toContainEqual(expect.objectContaining({ kind: 'again', number: 2 }))
  expect(await keys(`again-${status}`)).toHaveLength(files.length)
})

test('who may not put there is told so in one line', async () => {
  between.state.refuse = asked => (asked.startsWith('PUT') ? 403 : undefined)
  const refused = pushed('closed', '0001')
  await expect(refused).rejects.toThrow(
    /^s3:\/\/bucket\/closed\/0001\/\S+: 403 .*; set AWS_PROFILE, or [^\n]*$/,
  )
})

test('without credentials nothing is asked', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined)
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  await expect(compared('nobody', '0001')).rejects.toThrow(/there are no credentials .+; set AWS_PROFILE/)
  expect(between.heard).toEqual([])
})

test('a file that is altered while it is pushed stops it', async () => {
  const { push, bundle } = await compared('altered', '0003')
  await appendFile(join(exports.at('0003'), 'hf/data/train-00000-of-00001.parquet'), 'more')
  const error = await push.carryOut().catch(error => asAltered(error, bundle))
  expect(error).toBeInstanceOf(DamagedError)
  expect(await keys('altered/0003')).not.toContain('manifest.json')
})

test.each(['s3://', 's3://UPPER/a', 's3:bucket'])('%s is no address of a bucket', written => {
  expect(() => bucketDestination(written, errand().errand)).toThrow(
    /names no bucket; write s3:\/\/bucket\/prefix/,
  )
})
