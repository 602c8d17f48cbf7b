import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { jsonl } from '../../../tasks/jsonl.ts'
import { usualRoutes } from '../../../tasks/remote/web.ts'
import { png, temporaryFolder } from '../../fixtures.ts'
import { loopback, type Said } from '../../servers/loopback.ts'
import { fields, row, source } from '../files.ts'
import { hubServer, type Mood } from './hub-server.ts'
import { fill, linesOf, workplace } from './places.ts'
import { bucketServer, fileServer } from './servers.ts'

const options = { fields, source }
const onHub = 'hf://datasets/own/tasks/tasks.jsonl'

let stack: AsyncDisposableStack
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  vi.stubEnv('HF_HOME', stack.use(await temporaryFolder()).path)
  vi.stubEnv('HF_TOKEN', '')
})
afterEach(async () => {
  await stack.disposeAsync()
  vi.unstubAllEnvs()
})

/** A Hub with one task whose table is large enough to be sent by another server. */
async function hubWithTask(given: Parameters<typeof hubServer>[0] = {}, more = {}) {
  const hub = stack.use(await hubServer(given))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  hub.commit({ 'a.png': await png(), 'tasks.jsonl': linesOf([row({ rest: 'x'.repeat(2000), ...more })]) })
  return hub
}

async function taken(written: string | string[], routes = usualRoutes()) {
  const work = stack.use(await workplace(routes))
  const result = await work.take([jsonl(written, { ...options, rest: 'ignore' })])
  return { work, result: result.map(one => (typeof one === 'string' ? one : one.id)) }
}

const always =
  (status: number, more: Partial<ReturnType<Mood>> = {}): Mood =>
  () => ({ status, ...more })
const html = '<!doctype html><title>Log in to this network</title>'

test.each<[what: string, mood: Mood, line: RegExp]>([
  [
    'needs a token',
    always(401, { headers: { 'x-error-message': 'Access to dataset own/tasks is restricted.' } }),
    /^69: hf:\S+: 401 Access to dataset own\/tasks is restricted\.; set HF_TOKEN to a token that may read it/,
  ],
  ['is gated', always(403), /^69: hf:\S+: 403 Forbidden; set HF_TOKEN/],
  [
    'is not there',
    always(404, { headers: { 'x-error-message': 'Repository not found' } }),
    /^jsonl: hf:\S+: 404 Repository not found; check the name; set HF_TOKEN/,
  ],
  [
    'has too much to do',
    always(429),
    /^69: hf:\S+: 429 Too Many Requests; run the same command again later$/,
  ],
  ['is broken', always(503), /^69: hf:\S+: 503 Service Unavailable; run the same command again later$/],
  [
    'is behind a portal',
    always(200, { body: html, headers: { 'content-type': 'text/html' } }),
    /^69: hf:\S+: this is not how the Hub answers: .+; check HF_ENDPOINT and the network$/,
  ],
  [
    'names no commit',
    always(200, { body: '{"sha":"../../etc"}' }),
    /^69: hf:\S+: this is not how the Hub answers: it names no commit/,
  ],
  [
    'sends the list elsewhere',
    path =>
      path.includes('/tree/')
        ? { status: 200, body: '[]', headers: { link: '<http://elsewhere.example/x>; rel="next"' } }
        : undefined,
    /its list goes on elsewhere/,
  ],
  [
    'is redirected for ever',
    path => ({ status: 302, headers: { location: path } }),
    /^69: hf:\S+: it is redirected more than 5 times/,
  ],
  [
    'is redirected to a file',
    always(302, { headers: { location: 'file:///etc/passwd' } }),
    /^69: hf:\S+: it is redirected to file:, which is not followed/,
  ],
])('a Hub that %s is named in one line', async (_, mood, line) => {
  const hub = await hubWithTask()
  hub.state.mood = mood
  const { result } = await taken(onHub)
  expect(result).toEqual([expect.stringMatching(line)])
})

test.each<[what: string, written: string | string[], line: RegExp]>([
  [
    'a dataset without a file',
    'hf://datasets/own/tasks',
    /it names no files; for all that lie there write hf:\/\/datasets\/own\/tasks\/\*\*$/,
  ],
  [
    'a folder of a dataset',
    'hf://datasets/own/tasks/',
    /it names no files; for all that lie there write hf:\/\/datasets\/own\/tasks\/\*\*$/,
  ],
  [
    'no dataset',
    'hf://spaces/own/tasks/a.jsonl',
    /it names no dataset; write hf:\/\/datasets\/owner\/name\/path/,
  ],
  [
    'a pattern that matches nothing',
    'hf://datasets/own/tasks/*.parquet',
    /: no file matches it; check the path$/,
  ],
  [
    'a folder that is not there',
    'hf://datasets/own/tasks/data/*.jsonl',
    /404 Entry not found; check the name/,
  ],
  [
    'a revision that is not there',
    'hf://datasets/own/tasks@v9/*.jsonl',
    /404 Invalid rev id: v9; check the name/,
  ],
  ['a bucket without a file', 's3://bucket', /it names no file of a bucket/],
  [
    'a place of another kind',
    'gs://bucket/a.jsonl',
    /gs:\/\/bucket\/a\.jsonl: files are read from hf:\/\/, s3:\/\/ and https:\/\/ or from this disk; fetch it/,
  ],
  [
    'a pattern of a web server',
    'https://example.org/*.jsonl',
    /a web server tells nobody which files it has; name each/,
  ],
  [
    'a password in a URL',
    'https://me:secret@example.org/a.jsonl',
    /^jsonl: https:\/\/example\.org\/a\.jsonl: a URL with a user name or a password is not taken/,
  ],
  [
    'no URL',
    'https://exa mple.org:x/a.jsonl?token=secret',
    /^jsonl: https:\/\/exa mple\.org:x\/a\.jsonl: it is no URL/,
  ],
])('%s is refused in one line', async (_, written, line) => {
  await hubWithTask()
  const { result } = await taken(written)
  expect(result).toEqual([expect.stringMatching(line)])
  expect(String(result)).not.toContain('secret')
})

test('a Hub that says how long to wait is asked again after that', async () => {
  const hub = await hubWithTask()
  const first =
    (answer: ReturnType<Mood>): Mood =>
    (_, number) =>
      number === 1 ? answer : undefined
  for (const [headers, wait] of [
    [{ ratelimit: '"api";r=0;t=55' }, 55_000],
    [{ 'retry-after': '7' }, 7000],
  ] as const) {
    hub.heard.length = 0
    hub.state.mood = first({ status: 429, headers })
    const { work, result } = await taken(onHub)
    expect(result).toEqual(['one'])
    expect(work.waits).toEqual([wait])
    expect(work.news).toEqual([{ kind: 'again', number: 2, most: 5, why: expect.stringContaining('429') }])
  }
})

test('a download that breaks off goes on where it was', async () => {
  const hub = await hubWithTask({}, { rest: 'x'.repeat(4_000_000) })
  hub.state.cut = 3_000_000
  const { work, result } = await taken(onHub)
  expect(result).toEqual(['one'])
  expect(work.news).toEqual([
    {
      kind: 'again',
      number: 2,
      most: 5,
      why: expect.stringMatching(/^hf:\S+tasks\.jsonl: it cannot be reached/),
    },
  ])
  const ranges = hub.heard.filter(({ url }) => url.startsWith('cdn')).map(({ range }) => range)
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
})

test('what comes in place of a file that is named by its hash is not taken', async () => {
  const hub = await hubWithTask()
  hub.state.tamper = bytes => Buffer.from(bytes.toString().replace('red', 'RED'))
  const { work, result } = await taken(onHub)
  expect(result).toEqual([
    expect.stringMatching(
      /^69: hf:\S+: what came is not what is named there \(sha256 \w{64}, but \w{64} came\)/,
    ),
  ])
  expect(work.waits).toHaveLength(4)
})

test('a refusal by a server that the Hub redirects to is tried again, since its addresses hold for a while only', async () => {
  const hub = await hubWithTask()
  hub.state.expired = 1
  const { work, result } = await taken(onHub)
  expect(result).toEqual(['one'])
  expect(work.news).toEqual([expect.objectContaining({ why: expect.stringContaining('refused (403)') })])
})

test('a mirror that links to the Hub itself is asked for the next page', async () => {
  const hub = await hubWithTask()
  hub.state.calledItself = 'https://huggingface.co'
  const { result } = await taken('hf://datasets/own/tasks/**')
  expect(result).toEqual(['one'])
})

test('names of files command no terminal and lead nowhere', async () => {
  const hub = await hubWithTask()
  hub.commit({ 'a.png': await png(), part: 'y', 'lock.sqlite': 'z', '\u001b[2J.jsonl': '' })
  for (const name of ['part', 'lock.sqlite'])
    expect((await taken(`hf://datasets/own/tasks/${name}`)).result).toEqual([
      expect.stringMatching(/:1: is not JSON/),
    ])
  expect(String((await taken('hf://datasets/own/tasks/*.jsonl')).result)).not.toMatch(/\p{Cc}/u)
})

test('an empty file of a web server has no rows', async () => {
  const folder = stack.use(await temporaryFolder())
  await fill(folder.path, { 'tasks.jsonl': '' })
  const server = stack.use(await fileServer(folder.path))
  const { result } = await taken(`${server.origin}/tasks.jsonl`)
  expect(result).toEqual([expect.stringMatching(/tasks\.jsonl: has no rows; fill it or leave it out$/)])
})

test.each<[written: string, shown: string]>([
  ['https://a.org/x?X-Amz-Signature=s&X-Amz-Credential=c&part=1', 'https://a.org/x?part=6b86b273'],
  ['https://a.org/x?sv=1&se=2&sig=s&set=one', 'https://a.org/x?set=7692c3ad'],
  ['https://a.org/x?author=s&token=t&key=k#part', 'https://a.org/x?author=043a7187'],
  ['https://me:secret@a.org/x', 'https://a.org/x'],
  ['https://a.org/x', 'https://a.org/x'],
])('%s is written down without secrets, and apart from others', (written, shown) => {
  expect(jsonl(written, options).options.files).toEqual([shown])
})

test('files of one name in several folders are told apart, and one that is named twice is read once', async () => {
  const folder = stack.use(await temporaryFolder())
  const { id: _, ...without } = fields
  const rows = linesOf([{ question: 'Which?', image: 'a.png', answer: 'red' }])
  const image = await png()
  await fill(folder.path, { 'x/0.jsonl': rows, 'y/0.jsonl': rows, 'x/a.png': image, 'y/a.png': image })
  const server = stack.use(await fileServer(folder.path))
  const work = stack.use(await workplace())
  const written = ['x', 'y', 'x'].map(name => `${server.origin}/${name}/0.jsonl`)
  const tasks = await work.take([jsonl(written, { fields: without, source })])
  expect(tasks.map(task => (typeof task === 'string' ? task : task.id))).toEqual(['x/0/1', 'y/0/1'])
})

test('a token goes to the Hub and not to where it redirects', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_own')
  const hub = await hubWithTask({ token: 'hf_own' })
  const { result } = await taken(onHub)
  expect(result).toEqual(['one'])
  const told = (where: (url: string) => boolean) => [
    ...new Set(hub.heard.filter(({ url }) => where(url)).map(({ authorization }) => authorization)),
  ]
  expect(told(url => url.startsWith('cdn'))).toEqual([undefined])
  expect(told(url => !url.startsWith('cdn'))).toEqual(['Bearer hf_own'])
})

test.each(['two words', 'ümlaut'])(
  'a token that is none (%s) is refused without being shown',
  async token => {
    vi.stubEnv('HF_TOKEN', token)
    await hubWithTask()
    expect((await taken(onHub)).result).toEqual([expect.stringMatching(/^jsonl: HF_TOKEN is no token/)])
  },
)

test.each<[what: string, image: string, line: RegExp]>([
  ['out of the repository', '../../etc/passwd', /images: leads out of hf:\S+; give a path/],
  ['out of it by a detour', 'images/../../a.png', /images: leads out of/],
  ['to this disk', '/etc/passwd', /images: leads out of/],
  ['to this disk by a URL', 'file:///etc/passwd', /images: leads out of/],
  ['to another host', 'https://example.org/a.png', /images: is a URL/],
  ['to nothing', 'b.png', /image hf:\S+b\.png: there is no such file; correct it or remove the row$/],
])('a path of an image that leads %s is refused by row', async (_, image, line) => {
  await hubWithTask({}, { image })
  const { result } = await taken(onHub)
  expect(result).toEqual([expect.stringMatching(line)])
})

/** A server of one answer, whatever is asked. */
const serving = async (said: Said | ((path: string) => Said)) => {
  const server = stack.use(await loopback((_, __, path) => (typeof said === 'function' ? said(path) : said)))
  return `${server.origin}/tasks.jsonl`
}

test.each(['localhost', '127.0.0.1'])(
  'a server of the public web does not lead into this network, to %s',
  async host => {
    const inside = new URL(await serving({ body: linesOf([row()]) }))
    inside.hostname = host
    const outside = createServer((_, response) => response.writeHead(302, { location: inside.href }).end())
    stack.defer(() => new Promise<void>(resolve => outside.close(() => resolve())))
    await once(outside.listen(0, '127.0.0.2'), 'listening')
    const { port } = outside.address() as AddressInfo
    const routes = usualRoutes(address => address === '127.0.0.2')
    const { result } = await taken(`http://127.0.0.2:${port}/tasks.jsonl`, routes)
    const line = `it is redirected to ${host}, which is no address of the public web; check it`
    expect(result).toEqual([`69: http://127.0.0.2:${port}/tasks.jsonl: ${line}`])
  },
)

test('a server that falls silent is given up in the end', async () => {
  const written = await serving({ body: '', after: 'hang' })
  const { result } = await taken(written, usualRoutes(undefined, { connect: 1000, silence: 50 }))
  expect(result).toEqual([expect.stringMatching(/^69: \S+: it did not answer in time; see to the network/)])
})

test('a server that nobody runs is named', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const { result } = await taken(`http://127.0.0.1:${port}/a.jsonl?sig=secret`)
  expect(result).toEqual([
    expect.stringMatching(/^69: http:\S+\/a\.jsonl: it cannot be reached \(.*ECONNREFUSED/),
  ])
})

test.each<[what: string, env: Record<string, string>, written: string, line: RegExp]>([
  [
    'of a bucket that is not there',
    {},
    's3://none-such/a.jsonl',
    /^jsonl: s3:\S+: 404 Not Found; check the name; set AWS_PROFILE/,
  ],
  ['of a pattern of one', {}, 's3://none-such/*.jsonl', /^jsonl: s3:\S+: 404 .+; check the name/],
  ['that is not there', {}, 's3://bucket/b.jsonl', /^jsonl: s3:\S+: 404 Not Found; check the name/],
  [
    'for a profile that is not there',
    { AWS_PROFILE: 'none', AWS_ACCESS_KEY_ID: '' },
    's3://bucket/a.jsonl',
    /^69: s3:\S+: there are no credentials \(.+\); set AWS_PROFILE/,
  ],
  [
    'that is open to everybody',
    { AWS_ACCESS_KEY_ID: '', AWS_EC2_METADATA_DISABLED: 'true' },
    's3://bucket/a.jsonl',
    /^one$/,
  ],
])('a file of a bucket %s is told', async (_, env, written, line) => {
  const buckets = stack.use(await bucketServer())
  await buckets.put('a.png', await png(), true)
  await buckets.put('a.jsonl', linesOf([row()]), true)
  const all = {
    AWS_ENDPOINT_URL: buckets.origin,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...env,
  }
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value || undefined)
  const { result } = await taken(written)
  expect(result).toEqual([expect.stringMatching(line)])
})
