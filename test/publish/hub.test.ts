import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { allTables } from '../../output/tables/tables.ts'
import { asAltered, openBundle } from '../../publish/bundle.ts'
import { type HubWay, hubDestination } from '../../publish/hub.ts'
import { isTrace, tracesOf } from '../../publish/traces.ts'
import { DamagedError } from '../../store/errors.ts'
import { type Numbered, numberedExports } from '../output/lineage/numbered.ts'
import { errand, happening } from './errand.ts'
import { type HubOptions, writableHub } from './hub-server.ts'

type Hub = Awaited<ReturnType<typeof writableHub>>

let exports: Numbered
beforeAll(async () => {
  exports = await numberedExports()
  files = (await openBundle(exports.at('0001'))).files.map(({ path }) => path).sort()
})
afterAll(() => exports[Symbol.asyncDispose]())
afterEach(() => vi.unstubAllEnvs())

async function opened(options?: HubOptions): Promise<Hub> {
  const hub = await writableHub(options)
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  vi.stubEnv('HF_TOKEN', 'hf_secret')
  return hub
}

const private_: HubWay = { pr: false, public: false }
const own = 'own/charts'

/** What a push of an export would do, and what it hears. */
async function compared(number: string, { way = private_, to = `hf://${own}` } = {}) {
  const heard = errand()
  const bundle = await openBundle(exports.at(number))
  const push = await hubDestination(to, way, heard.errand).compare(bundle)
  return { ...heard, bundle, push }
}

async function pushed(number: string, given?: Parameters<typeof compared>[1]) {
  const all = await compared(number, given)
  return { ...all, at: await all.push.carryOut() }
}

const puts = (hub: Hub) => hub.heard.filter(({ asked }) => asked.startsWith('PUT')).length

/** Those of every export here. */
let files: string[]

test('a first push makes a private dataset in one commit, and after it there is nothing to do', async () => {
  await using hub = await opened()
  const { push } = await compared('0001')
  expect(push).toMatchObject({ needed: true, notes: [`the dataset ${own} is made, private`] })
  expect(happening(push)).toEqual({ sent: files })
  expect(hub.repositories.size).toBe(0)

  const { at } = await pushed('0001')
  expect(at).toMatch(/\/datasets\/own\/charts\/commit\/[0-9a-f]{40}$/)
  expect(hub.repositories.get(own)?.private).toBe(true)
  expect(hub.titles()).toEqual([
    'initial commit',
    expect.stringMatching(/^Export 0001 of test-run \(manifest /),
  ])
  expect([...hub.tree(own).keys()].sort()).toEqual(['.gitattributes', ...files].sort())
  for (const path of files)
    expect(hub.tree(own).get(path), path).toEqual(await readFile(join(exports.at('0001'), path)))

  const asked = hub.heard.length
  const again = await compared('0001')
  expect(again.push).toMatchObject({ needed: false, notes: [] })
  expect(happening(again.push)).toEqual({ same: files })
  expect(hub.heard.slice(asked).filter(({ asked }) => !asked.startsWith('GET'))).toEqual([])
})

test('the token is shown to the Hub and to nobody it sends to', async () => {
  await using hub = await opened()
  await pushed('0001')
  expect(puts(hub)).toBe(3 + allTables.length)
  for (const { asked, authorization } of hub.heard)
    expect(authorization, asked).toBe(asked.startsWith('PUT') ? undefined : 'Bearer hf_secret')
})

test('only what changed goes, what only the former export named is removed, and what nobody named stays', async () => {
  await using hub = await opened()
  await pushed('0001')
  const manifest = JSON.parse(String(hub.tree(own).get('manifest.json')))
  manifest.files.push({ path: 'old/a.parquet', bytes: 3, sha256: 'a'.repeat(64) })
  const by = { 'manifest.json': JSON.stringify(manifest), 'old/a.parquet': 'old', 'picture.png': 'mine' }
  hub.commit(own, { ...by, 'manifest.sig': 'of the former' })
  const before = puts(hub)

  const { push } = await pushed('0002')
  const [same] = files.filter(path => path.startsWith('rejected/'))
  expect(happening(push).same).toContain(same)
  expect(happening(push).removed).toEqual(['manifest.sig', 'old/a.parquet'])
  expect(push.notes).toEqual(['files that lie there and are of no export stay: 1'])
  expect(puts(hub) - before).toBe(2 + allTables.length)
  expect([...hub.tree(own).keys()].sort()).toEqual(['.gitattributes', 'picture.png', ...files].sort())
})

test('an export of another run that lies there is named before', async () => {
  await using hub = await opened()
  await pushed('0001')
  const manifest = JSON.parse(String(hub.tree(own).get('manifest.json')))
  hub.commit(own, { 'manifest.json': JSON.stringify({ ...manifest, name: 'maps' }) })
  expect((await compared('0001')).push.notes).toEqual([
    'it takes the place of the export of another run, maps',
  ])
})

test('large files go in parts where the Hub wants that', async () => {
  await using hub = await opened({ partSize: 1000 })
  await pushed('0003')
  expect(
    hub.heard.filter(({ asked, bytes }) => asked.startsWith('PUT') && bytes === 1000).length,
  ).toBeGreaterThan(5)
  for (const path of files)
    expect(hub.tree(own).get(path), path).toEqual(await readFile(join(exports.at('0003'), path)))
})

test('large files go in blocks where the Hub wants that', async () => {
  const bundle = await openBundle(exports.at('0003'))
  const all = await Promise.all(
    bundle.files.map(async ({ sha256, blob }) => [sha256, Buffer.from(await blob.arrayBuffer())] as const),
  )
  await using hub = await opened({ xet: new Map(all) })
  await pushed('0003')
  const blocks = hub.heard.filter(({ asked }) => asked.startsWith('POST /v1/xorbs/'))
  expect(blocks.length).toBeGreaterThan(0)
  for (const { authorization } of blocks) expect(authorization).toBe('Bearer xet_secret')
  expect((await compared('0003')).push.needed).toBe(false)
})

test('a branch is made from the main one, which stays', async () => {
  await using hub = await opened()
  await pushed('0001')
  const main = hub.tree(own)
  const { push } = await pushed('0002', { to: `hf://${own}@next` })
  expect(push.notes).toEqual(['the branch next is made'])
  expect(hub.tree(own)).toBe(main)
  expect(hub.tree(own, 'next').get('manifest.json')).toEqual(
    await readFile(join(exports.at('0002'), 'manifest.json')),
  )
  expect((await compared('0002', { to: `hf://${own}@next` })).push.needed).toBe(false)
})

test('a pull request is made once, and leaves all as it is', async () => {
  await using hub = await opened()
  const way = { pr: true, public: false }
  await expect(compared('0002', { way })).rejects.toThrow(/no such dataset .+ push without --pr first/)
  await pushed('0001')
  const main = hub.tree(own)
  const { at } = await pushed('0002', { way })
  expect(at).toMatch(/\/discussions\/1$/)
  expect(hub.tree(own)).toBe(main)
  expect((await compared('0002', { way })).push.needed).toBe(false)
  await pushed('0003', { way })
  expect(hub.repositories.get(own)?.proposals.map(({ num }) => num)).toEqual([1, 2])
})

test('a dataset is public where that is said', async () => {
  await using hub = await opened()
  await pushed('0001', { way: { pr: false, public: true } })
  expect(hub.repositories.get(own)?.private).toBe(false)
})

type Mood = Hub['state']['mood']
/** The first time that this is asked. */
const once = (asked: RegExp, said: Exclude<ReturnType<Mood>, undefined>): Mood => {
  let times = 0
  return path => (asked.test(path) && times++ === 0 ? said : undefined)
}

test.each<[what: string, mood: Mood, waits: number[]]>([
  ['another commit is under way', once(/commit\/main$/, { status: 409 }), [expect.any(Number)]],
  ['the Hub wants a pause', once(/preupload/, { status: 429, headers: { 'retry-after': '7' } }), [7000]],
  ['the Hub is out of order', once(/objects\/batch$/, { status: 503 }), [expect.any(Number)]],
  ['the storage breaks off', once(/^PUT/, 'cut'), [expect.any(Number)]],
])('where %s, it is asked again', async (_, mood, waits) => {
  await using hub = await opened()
  hub.state.mood = mood
  const ended = await pushed('0001')
  expect(ended.waits).toEqual(waits)
  expect(ended.news).toEqual([expect.objectContaining({ kind: 'again', number: 2 })])
  expect((await compared('0001')).push.needed).toBe(false)
})

test.each<[what: string, said: { status: number; body?: string }, line: RegExp]>([
  [
    'may not write',
    { status: 403, body: '{"error":"Forbidden: no write"}' },
    /403 Forbidden: no write; set HF_TOKEN/,
  ],
  ['is sent elsewhere', { status: 307 }, /307 .*; it has moved; push to where it is now/],
])('a push that %s ends with one line, and nothing changed', async (_, said, line) => {
  await using hub = await opened()
  await pushed('0001')
  const before = hub.tree(own)
  hub.state.mood = path => (/commit\/main$/.test(path) ? said : undefined)
  const refused = pushed('0002')
  await expect(refused).rejects.toThrow(line)
  await expect(refused).rejects.toThrow(/^hf:\/\/own\/charts: [^\n]*$/)
  await expect(refused).rejects.not.toThrow(/hf_secret/)
  expect(hub.tree(own)).toBe(before)
})

test('a file that the Hub does not take is named with what it says', async () => {
  await using hub = await opened()
  const { push, bundle } = await compared('0001')
  const objects = bundle.files.map(({ sha256: oid }) => ({
    oid,
    error: { code: 403, message: 'no room left' },
  }))
  const body = JSON.stringify({ transfer: 'basic', objects: objects.slice(0, 1) })
  hub.state.mood = asked => (/objects\/batch$/.test(asked) ? { status: 200, body } : undefined)
  await expect(push.carryOut()).rejects.toThrow(/^hf:\/\/own\/charts: .*no room left; set HF_TOKEN/)
})

test('a page for a login is not taken for the Hub', async () => {
  await using hub = await opened()
  hub.state.mood = () => ({ status: 200, body: '<html></html>' })
  await expect(compared('0001')).rejects.toThrow(/^hf:\/\/own\/charts: this is not how the Hub answers/)
})

test('what somebody else committed after the comparison is not written over', async () => {
  await using hub = await opened()
  await pushed('0001')
  const { push } = await compared('0002')
  hub.commit(own, { 'README.md': 'by hand' })
  await expect(push.carryOut()).rejects.toThrow(/412 .+ somebody else changed it meanwhile; push again$/)
  expect(String(hub.tree(own).get('README.md'))).toBe('by hand')
})

test('a commit whose answer was lost is found by the next push', async () => {
  await using hub = await opened()
  hub.state.mood = once(/commit\/main$/, { status: 502, done: true })
  await expect(pushed('0001')).rejects.toThrow(/push again/)
  expect((await compared('0001')).push.needed).toBe(false)
})

test('what was sent before a push was stopped is not sent again, and until the commit all is as it was', async () => {
  await using hub = await opened()
  await pushed('0001')
  const before = hub.tree(own)
  hub.state.mood = path => (/commit\/main$/.test(path) ? { status: 500 } : undefined)
  await expect(pushed('0002')).rejects.toThrow(/500/)
  expect(hub.tree(own)).toBe(before)
  const sent = puts(hub)
  hub.state.mood = () => undefined
  await pushed('0002')
  expect(puts(hub)).toBe(sent)
  expect((await compared('0002')).push.needed).toBe(false)
})

test.each([
  ['no owner', 'hf://charts', /names no dataset/],
  ['a folder', 'hf://own/charts/hf', /names no dataset/],
  ['a file', 'hf://datasets/own/charts/a.parquet', /names no dataset/],
])('an address with %s is refused', (_, to, line) => {
  vi.stubEnv('HF_TOKEN', 'hf_secret')
  expect(() => hubDestination(to, private_, errand().errand)).toThrow(line)
})

test.each([
  ['two words', 'hf_a b', /there is no token in HF_TOKEN/],
  ['another script', 'hf_aö', /there is no token in HF_TOKEN/],
])('a push with %s as token is refused, and does not tell it', (_, token, line) => {
  vi.stubEnv('HF_TOKEN', token)
  const refused = () => hubDestination(`hf://${own}`, private_, errand().errand)
  expect(refused).toThrow(line)
  expect(refused).not.toThrow(/hf_a/)
})

test('without a token it is told what would go, nobody is asked, and nothing can be pushed', async () => {
  await using hub = await opened()
  vi.stubEnv('HF_TOKEN', ' ')
  const { push } = await compared('0001', { to: `hf://${own}@next` })
  expect(happening(push)).toEqual({ sent: files })
  expect(push).toMatchObject({ needed: true, at: `${hub.origin}/datasets/${own}/tree/next` })
  expect(push.notes).toEqual([expect.stringMatching(/^there is no HF_TOKEN, so nobody looked/)])
  await expect(push.carryOut()).rejects.toThrow(
    /^hf:\/\/own\/charts@next: there is no HF_TOKEN; set HF_TOKEN/,
  )
  expect(hub.heard).toEqual([])
})

test('traces go beside an export, go again where they are others, and away with it', async () => {
  await using hub = await opened()
  const traced = async (number: string, count: number) => {
    const bundle = await openBundle(exports.at(number))
    const traces = count === 0 ? [] : await tracesOf(bundle, count)
    const all = { ...bundle, files: [...traces, ...bundle.files] }
    const push = await hubDestination(`hf://${own}`, private_, errand().errand).compare(all)
    if (push.needed) await push.carryOut()
    return happening(push)
  }
  const lying = () => [...hub.tree(own).keys()].filter(isTrace).length
  expect((await traced('0003', 2)).sent?.filter(isTrace)).toHaveLength(2)
  expect(lying()).toBe(2)
  expect(await traced('0003', 2)).toEqual({ same: expect.anything() })
  expect((await traced('0003', 1)).removed).toHaveLength(1)
  hub.commit(own, { 'traces/mine.jsonl': 'by hand' })
  expect((await traced('0003', 0)).removed).toHaveLength(1)
  expect([...hub.tree(own).keys()]).toContain('traces/mine.jsonl')
})

test('a file that is altered while it is pushed stops it', async () => {
  await using hub = await opened()
  await pushed('0001')
  const before = hub.tree(own)
  const { push, bundle } = await compared('0003')
  await appendFile(join(exports.at('0003'), 'hf/data/train-00000-of-00001.parquet'), 'more')
  const error = await push.carryOut().catch(error => asAltered(error, bundle))
  expect(error).toBeInstanceOf(DamagedError)
  expect(String(error)).toMatch(/was altered or removed while the export was pushed/)
  expect(hub.tree(own)).toBe(before)
})
