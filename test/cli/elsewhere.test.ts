import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loopback, type Said } from '../servers/loopback.ts'
import { fileServer } from '../tasks/remote/servers.ts'
import { place } from './command.ts'

const config = 'elsewhere.config.ts'

/** Where the command is run with tasks at an address, and with a cache of its own. */
const from = (folder: string, env: Record<string, string>) =>
  Object.entries({ XDG_CACHE_HOME: join(folder, 'cache'), HF_HOME: folder, ...env })
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('; ')

/** Every file below a folder, by its path. */
async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(paths.map(async path => [path, await readFile(path)] as const)))
}

test('a run from a signed address names what it read and no secret, and needs neither server nor cache again', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  const server = await fileServer(here.folder)
  const TASKS = `${server.origin}/tasks.jsonl?X-Amz-Signature=5ea1ed&part=7`
  const env = from(here.folder, { TASKS })
  const first = await here.kindling(['run', config], env)
  expect(first.code, first.err).toBe(0)
  const asked = here.asked.length

  const exported = join(here.folder, 'runs/command/export')
  const before = await filesIn(exported)
  const table = await readFile(join(here.folder, 'tasks.jsonl'))
  const manifest = JSON.parse(String(before.get(join(exported, 'manifest.json'))))
  const shown = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/tasks\.jsonl\?part=[0-9a-f]{8}$/)
  expect(manifest.config.read_elsewhere).toEqual({
    files: [{ file: shown, sha256: createHash('sha256').update(table).digest('hex') }],
  })
  for (const [path, bytes] of await filesIn(join(here.folder, 'runs')))
    expect(bytes.includes('5ea1ed'), path).toBe(false)

  await server[Symbol.asyncDispose]()
  const replayed = await here.kindling(['replay', config], env)
  expect(replayed.code, replayed.err).toBe(0)
  await rm(join(here.folder, 'cache'), { recursive: true })
  const again = await here.kindling(['run', config], env)
  expect(again.code, again.err).toBe(0)
  expect(again.err).toMatch(
    /^warning: http:\S+: it cannot be reached .+; the run goes on with what it read first$/m,
  )
  expect(await filesIn(exported)).toEqual(before)
  expect(here.asked.length).toBe(asked)
})

test.each<[what: string, said: Said, code: number, line: RegExp]>([
  ['is not there', { status: 404 }, 2, /^jsonl: http:\S+\/tasks\.jsonl: 404 Not Found; check the name; .+$/m],
  [
    'is closed',
    { status: 403 },
    69,
    /^http:\S+\/tasks\.jsonl: 403 Forbidden; a signed URL may have expired.+$/m,
  ],
  [
    'is no table',
    { body: '<html></html>' },
    2,
    /^http:\S+\/tasks\.jsonl: is a page of HTML; fetch the file itself$/m,
  ],
])('a file that %s ends the run with its status, before anybody is asked', async (_, said, code, line) => {
  await using here = await place()
  await using server = await loopback(() => said)
  const env = from(here.folder, { TASKS: `${server.origin}/tasks.jsonl?token=5ea1ed` })
  const ended = await here.kindling(['run', config], env)
  expect(ended).toMatchObject({ code, err: expect.stringMatching(line) })
  expect(ended.err).not.toMatch(/^ {4}at |5ea1ed/m)
  expect(here.asked).toEqual([])
  expect(await readdir(here.folder)).not.toContain('runs')
})

test('a file for which there is no room is named before it is fetched', async () => {
  await using here = await place()
  const headers = { 'content-length': '90000000', etag: '"a"' }
  await using server = await loopback(() => ({ headers, pieces: ['{'], after: 'hang' }))
  const disk = join(here.folder, 'cache')
  await mkdir(disk)
  const small = `set -- bwrap --dev-bind / / --cap-add ALL --size ${60 << 20} --tmpfs ${disk} -- "$@"`
  const env = from(here.folder, { TASKS: `${server.origin}/tasks.jsonl` })
  const { code, err } = await here.kindling(['run', config], `${env}; ${small}`)
  expect(err).toMatch(
    /: 90 MB are to be fetched and \d+ MB are free; XDG_CACHE_HOME names another place \(the disk is full\)/,
  )
  expect(code).toBe(74)
})

test('a signal ends a run while it fetches', async () => {
  await using here = await place()
  const arrived = Promise.withResolvers<void>()
  await using server = await loopback((_, number) => {
    if (number === 2) arrived.resolve()
    return { headers: { 'content-length': '90000000', etag: '"a"' }, pieces: ['{'], after: 'hang' }
  })
  const started = here.start(['run', config], from(here.folder, { TASKS: `${server.origin}/tasks.jsonl` }))
  await arrived.promise
  started.child.kill('SIGINT')
  expect(await started.ended).toMatchObject({ code: 130, err: expect.stringMatching(/^interrupted/m) })
})
