import { appendFile, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ErrorLine, ResultLine } from '../../../cli/scheduled/lines.ts'
import { validator } from '../../../schemas/validate.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { type Numbered, numberedExports } from '../../output/lineage/numbered.ts'
import { writableHub } from '../../publish/hub-server.ts'
import { licensedExport } from '../../publish/licensed-export.ts'
import { commandIn } from '../command.ts'

const [isResult, isError] = [validator(ResultLine), validator(ErrorLine)]

let exports: Numbered
beforeAll(async () => {
  exports = await numberedExports()
})
afterAll(() => exports[Symbol.asyncDispose]())

/** A Hub, and the command in a folder that has the export of a number. */
async function place(number = '0001', { token = 'hf_secret' } = {}) {
  const folder = await temporaryFolder()
  const hub = await writableHub()
  await mkdir(join(folder.path, 'exports'))
  await cp(exports.at(number), join(folder.path, 'exports', number), { recursive: true })
  return {
    folder: folder.path,
    hub,
    ...commandIn(folder.path, { HF_ENDPOINT: hub.origin, HF_TOKEN: token }),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const to = 'hf://own/charts'

test('a push is told before it is done, done when that is said, and done once', async () => {
  await using here = await place()
  const told = await here.kindling(['push', to, 'exports/0001'])
  expect(told, told.err).toMatchObject({ code: 0 })
  expect(told.out).toMatch(
    /^test-run 0001 \(exports\/0001\) → hf:\/\/own\/charts\n {2}to be sent: \d+ files, /,
  )
  expect(told.out).toMatch(/^ {4}hf\/data\/train-00000-of-00001\.parquet +\d+\.\d kB$/m)
  expect(told.out).toMatch(/^ {2}the dataset own\/charts is made, private$/m)
  expect(told.out).toMatch(/^ {4}CC0-1\.0 +1 +test$/m)
  expect(told.out).toMatch(/\nnothing was pushed; --yes pushes it\n$/)
  expect(here.hub.repositories.size).toBe(0)

  const done = await here.kindling(['push', to, 'exports/0001', '--yes'])
  expect(done, done.err).toMatchObject({
    code: 0,
    out: expect.stringMatching(/\npushed: http\S+\/commit\/\w+\n$/),
  })
  const again = await here.kindling(['push', to, 'exports/0001', '--yes', '--json'])
  const result = JSON.parse(again.out)
  expect(isResult(result)).toMatchObject({ ok: true })
  expect(result).toMatchObject({
    kind: 'result',
    command: 'push',
    status: 0,
    to,
    export: { name: 'test-run', number: '0001' },
    pushed: false,
    needed: false,
    bytes: 0,
    licences: [
      { licence: 'CC0-1.0', whose: 'test', rows: 1 },
      { licence: 'CC0-1.0', whose: 'rejected', rows: 1 },
    ],
  })
  expect(here.hub.titles().length).toBe(2)
  for (const { out, err } of [told, done, again]) expect(out + err).not.toContain('hf_secret')
})

test('rows that may not be handed on stop a push by name, until somebody says that they may', async () => {
  await using here = await place()
  await licensedExport(join(here.folder, 'mixed'), ['MIT', 'house rules', '-proprietary'])
  const refused = await here.kindling(['push', to, 'mixed', '--yes'])
  expect(refused.code).toBe(2)
  expect(refused.err.trim().split('\n')).toEqual([
    expect.stringMatching(/^licence "house rules" of own \(1 row\): nobody knows here /),
    expect.stringMatching(/^licence "proprietary" of rejected \(1 row\): it forbids /),
  ])
  expect(here.hub.heard).toEqual([])
  const allowed = ['--allow-licence', 'proprietary', '--allow-licence', 'House Rules']
  const done = await here.kindling(['push', ...allowed, to, 'mixed', '--yes'])
  expect(done, done.err).toMatchObject({ code: 0 })
})

test('a signal stops a push, and the next one completes it', async () => {
  await using here = await place()
  const arrived = Promise.withResolvers<void>()
  here.hub.state.mood = asked => {
    if (!/commit\/main$/.test(asked)) return undefined
    arrived.resolve()
    return 'hang'
  }
  const { child, ended } = here.start(['push', to, 'exports/0001', '--yes', '--json'])
  await arrived.promise
  child.kill('SIGINT')
  const { code, out } = await ended
  expect(code).toBe(130)
  expect(isError(JSON.parse(out))).toMatchObject({ ok: true, value: { status: 130, message: 'interrupted' } })
  expect([...here.hub.tree('own/charts').keys()]).toEqual(['.gitattributes'])
  here.hub.state.mood = () => undefined
  const puts = here.hub.heard.filter(({ asked }) => asked.startsWith('PUT')).length
  expect((await here.kindling(['push', to, 'exports/0001', '--yes'])).code).toBe(0)
  expect(here.hub.heard.filter(({ asked }) => asked.startsWith('PUT')).length).toBe(puts)
  expect([...here.hub.tree('own/charts').keys()]).toContain('manifest.json')
})

test.each<[what: string, args: string[], code: number, line: RegExp]>([
  ['a folder that is no export', ['push', to, '.'], 2, /there is no manifest\.json in it|neither/],
  [
    'a deadline that is over',
    ['push', to, 'exports/0001', '--deadline', '0s'],
    9,
    /^the deadline has passed: what lay/,
  ],
])('%s ends it with a line', async (_, args, code, line) => {
  await using here = await place()
  const ended = await here.kindling(args)
  expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(line) })
  expect(here.hub.heard).toEqual([])
})

test('without a token a push is told, and with --yes refused before anything is asked', async () => {
  await using here = await place('0001', { token: '' })
  const told = await here.kindling(['push', to, 'exports/0001', '--traces', '1'])
  expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/to be sent: \d+ files, .+/) })
  expect(told.out).toMatch(/^ {2}there is no HF_TOKEN, so nobody looked at what lies there/m)
  expect(told.out).toMatch(/^ {4}traces\/[0-9a-f]{16}\.jsonl +/m)
  const refused = await here.kindling(['push', to, 'exports/0001', '--yes'])
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/there is no HF_TOKEN; set HF_TOKEN/) })
  expect(here.hub.heard).toEqual([])
})

test.each(['0', '1.5', 'all', '1001'])('--traces %s is refused in a line', async count => {
  await using here = await place()
  const refused = await here.kindling(['push', to, 'exports/0001', '--traces', count])
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/^--traces \S+ is no whole number/) })
})

test('a token that is not taken ends it, and is not told', async () => {
  await using here = await place('0001', { token: 'hf_wrong' })
  const ended = await here.kindling(['push', to, 'exports/0001'])
  expect(ended).toMatchObject({
    code: 69,
    err: expect.stringMatching(/^hf:\/\/own\/charts: 401 .+; set HF_TOKEN/),
  })
  expect(ended.err).not.toContain('hf_wrong')
})

test('an export that is not whole is not pushed', async () => {
  await using here = await place()
  await appendFile(join(here.folder, 'exports/0001/README.md'), 'more')
  const ended = await here.kindling(['push', to, 'exports/0001', '--yes'])
  expect(ended).toMatchObject({
    code: 74,
    err: expect.stringMatching(/README\.md: expected \d+ bytes, found \d+ bytes; .+ nothing was pushed/),
  })
  expect(here.hub.heard).toEqual([])
})
