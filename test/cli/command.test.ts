import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exits } from '../../cli/exits.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { lockFolder } from '../../store/sqlite-lock.ts'
import { hear } from '../checks/judging.ts'
import { call, completion } from '../teachers/wire-server.ts'
import { config, measuring, type Place, place } from './command.ts'

const rows = (count: number) => Array.from({ length: count }, () => ({}))
const run = (at: string) => join(at, 'runs', 'command')

test('help lists the commands and what every exit status means', async () => {
  await using here = await place()
  const { code, out } = await here.kindling(['--help'])
  expect(code).toBe(0)
  for (const name of ['run', 'curate', 'export', 'show', 'stats', 'setup'])
    expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
  for (const [status, meaning] of Object.entries(exits)) expect(out).toContain(`${status}  ${meaning}`)
})

const usage: [string, string[], RegExp][] = [
  ['an unknown command', ['bake'], /unknown command 'bake'/],
  ['an unknown option', ['run', 'x.ts', '--fast'], /unknown option '--fast'/],
  [
    'a run that is not there',
    ['stats', 'runs/none'],
    /^runs\/none is neither the folder nor the name of a run; give one such as/,
  ],
  ['a missing config', ['run', 'none.config.ts'], /^none\.config\.ts: there is no such file; give/],
]

test.each(usage)('%s is a matter of usage, said in one line', async (_, args, says) => {
  await using here = await place()
  const { code, err } = await here.kindling(args)
  expect(code).toBe(2)
  expect(err.trim()).toMatch(says)
  expect(err.trim().split('\n')).toHaveLength(1)
})

test('a config that makes no sense is refused in one line', async () => {
  await using here = await place()
  await writeFile(join(here.folder, 'bad.config.ts'), 'export const config: object = {}')
  const { code, err } = await here.kindling(['run', 'bad.config.ts'])
  expect({ code, err }).toEqual({
    code: 2,
    err: 'bad.config.ts: it has no `export default defineConfig({…})`\n',
  })
})

test('a config that Node takes for CommonJS is refused with what to do', async () => {
  await using here = await place()
  await writeFile(join(here.folder, 'package.json'), '{ "type": "commonjs" }')
  await writeFile(join(here.folder, 'my.config.ts'), `import 'kindling'\nexport default {}`)
  const { code, err } = await here.kindling(['run', 'my.config.ts'])
  expect(code).toBe(2)
  expect(err).toMatch(
    /put "type": "module" into the nearest package\.json, or name the file my\.config\.mts$/m,
  )
})

test('all that is wrong with the input is said at once, before anyone is asked', async () => {
  await using here = await place()
  await here.tasks([{}, { question: '' }, { image: 'gone.png' }, { id: 'width/1' }])
  const { code, err, out } = await here.kindling(['run', config, '--json'])
  expect(code).toBe(2)
  const lines = err
    .trim()
    .split('\n')
    .filter(line => !line.startsWith('{'))
  expect(lines.map(line => line.replace(/^tasks\.jsonl/, ''))).toEqual([
    expect.stringMatching(/^:2: question: is empty; /),
    expect.stringMatching(/^:3: .*gone\.png/),
    expect.stringMatching(/^:4: id: "width\/1" is also at /),
  ])
  expect(JSON.parse(out)).toMatchObject({ kind: 'error', status: 2, message: lines.join('\n') })
  expect(here.asked).toEqual([])
})

test('a run is made, read, shown, decided again and exported again, and asks nothing twice', async () => {
  const hostile = '\u001b[2J\u009b31mhidden'
  await using here = await place((arrived, number) => {
    const wide = JSON.stringify(arrived.body.messages).includes('odd')
    return wide
      ? { body: completion({ content: `${hostile} <answer>${hostile}</answer>` }) }
      : measuring(arrived, number)
  })
  await here.tasks([{}, {}, { question: 'How odd is it?' }])
  const made = await here.kindling(['run', config, '--json'])
  expect(made, made.err).toMatchObject({ code: 0 })
  const result = JSON.parse(made.out)
  expect(result).toMatchObject({ funnel: { rollouts: 3, kept: 2 }, export: 'runs/command/export' })
  const progress = made.err
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(progress.filter(({ kind }) => kind === 'stage').map(({ stage }) => stage)).toEqual([
    'intake',
    'synthesize',
    'verify',
    'curate',
    'export',
  ])
  const asked = here.asked.length
  expect(asked).toBe(5)

  const again = await here.kindling(['run', config])
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringMatching(/2 rows kept\. The dataset: runs\/command\/export\/README\.md/),
  })
  expect(again.err).toMatch(
    /^reading tasks\nnote: 3 of 3 pictures are smaller .*\nsolving \(3\)\nwarning: no price is known for m: .*\n {2}solving 3\/3, 3 already done\n/,
  )

  await rm(join(run(here.folder), 'export'), { recursive: true })
  for (const command of ['curate', 'export']) {
    expect((await here.kindling([command, config, '--json'])).code).toBe(0)
    const manifest = JSON.parse(await readFile(join(run(here.folder), 'export', 'manifest.json'), 'utf8'))
    expect(manifest.funnel).toMatchObject({ trajectories: 3, kept: 2 })
  }
  expect(here.asked).toHaveLength(asked)

  const { command, started, seconds, ...stats } = JSON.parse((await here.kindling(['stats', '--json'])).out)
  expect({ command, started, seconds }).toEqual({
    command: 'stats',
    started: expect.any(String),
    seconds: expect.any(Number),
  })
  expect(Object.keys(stats).length).toBeGreaterThan(5)
  expect(result).toMatchObject(stats)
  expect((await here.kindling(['stats', 'runs/command'])).out).toMatch(
    /Funnel\n {2}rollouts {2}3\n.*python {2}2 calls/s,
  )

  const shown = await here.kindling(['show', 'width/3'])
  expect(shown.out).toContain('\\x1b[2J\\x9b31mhidden')
  expect(shown.out).not.toMatch(/[^\P{Cc}\n]/u)
  const [row = ''] = (await here.kindling(['show', 'width/1', '--json'])).out.split('\n')
  const [key] = JSON.parse(row).measured.trajectory.key.match(/^.{8}/)
  expect((await here.kindling(['show', key, '--run', 'runs/command'])).out).toMatch(
    /How wide is it\?.*image_1\.width.*answered: 8 .*kept/s,
  )
  expect(await here.kindling(['show', 'width/9'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/no trajectory has/),
  })
  await shownTogether(here)
})

/** Several rows, and those of a choice, in a terminal and on a page. */
async function shownTogether(here: Place) {
  const ids = await here.kindling(['show', 'width/1', 'width/3'])
  expect(ids.out).toMatch(/^width\/\d .*\n═+\n\nwidth\/\d /s)
  expect(ids.out.match(/^width\/\d /gm)?.sort()).toEqual(['width/1 ', 'width/3 '])
  const page = join(here.folder, 'page.html')
  const drawn = await here.kindling(['show', '--random', '2', '--seed', '7', '--html', page, '--json'])
  expect(JSON.parse(drawn.out)).toMatchObject({ command: 'show', rows: 2 })
  expect((await readFile(page, 'utf8')).match(/<article>/g)).toHaveLength(2)
  const failed = await here.kindling(['show', '--reason', 'nothing_known', '--html', page])
  expect(failed).toMatchObject({ code: 2, err: expect.stringMatching(/rows were dropped for: \w+\/\w+/) })
  expect((await readFile(page, 'utf8')).match(/<article>/g)).toHaveLength(2)
  for (const [args, line] of [
    [[], 'give ids of tasks or keys, or --reason, --rejected or --random to choose rows'],
    [['--random', '0'], '--random: 0 is no number of rows; give a whole number from 1'],
    [['--rejected', '--seed', '1'], '--seed is for --random'],
  ] as const)
    expect(await here.kindling(['show', ...args])).toMatchObject({
      code: 2,
      err: expect.stringContaining(line),
    })
}

test('an export that holds rows is not replaced by one without any, unless that is asked for', async () => {
  await using here = await place()
  await here.tasks(rows(2))
  const exported = async () =>
    JSON.parse(await readFile(join(run(here.folder), 'export', 'manifest.json'), 'utf8')).funnel.kept
  expect((await here.kindling(['run', config])).code).toBe(0)

  const strict = 'export LEAST_CALLS=9'
  const line =
    'nothing to train on was kept; the earlier export of 2 rows stays: runs/command/export (--allow-empty replaces it)'
  for (const command of ['run', 'curate', 'export']) {
    const { code, out, err } = await here.kindling([command, config, '--json'], strict)
    expect({ code, last: err.trim().split('\n').at(-1) }).toEqual({ code: 6, last: line })
    expect(JSON.parse(out)).toMatchObject({ funnel: { kept: 0 }, left: 2 })
    expect(await exported()).toBe(2)
  }
  expect((await here.kindling(['curate', config], strict)).out).not.toContain('rows kept')

  expect((await here.kindling(['curate', config, '--allow-empty'], strict)).code).toBe(0)
  expect(await exported()).toBe(0)
  expect((await here.kindling(['curate', config], strict)).code).toBe(6)
  expect((await here.kindling(['curate', config])).out).toContain('2 rows kept')
})

test('a first run that keeps nothing says why and ends with a status of its own; what it dropped can be read', async () => {
  await using here = await place(() => ({ body: completion({ content: 'It is 8.' }) }))
  await here.tasks(rows(1))
  const { code, out, err } = await here.kindling(['run', config])
  expect(code, err).toBe(6)
  expect(err.trim().split('\n').at(-1)).toBe(
    'nothing was kept: 1 of 1 rollouts were dropped by synthesize/unsolved_no_answer; such as width/1: It is 8.',
  )
  expect(out).toMatch(
    /What stands out\n.*\n {2}teacher m: 0 of 1 replies called a tool: .*\n.* had no answer tag/,
  )
  expect(out).toContain('0 rows kept. The dataset: runs/command/export/README.md')
  expect(await readdir(join(run(here.folder), 'export', 'rejected'))).not.toEqual([])
  const stats = await here.kindling(['stats', '--json'])
  expect(JSON.parse(stats.out)).toMatchObject({
    funnel: { kept: 0 },
    advice: expect.arrayContaining([expect.any(String)]),
  })
})

test('a judge that failed is told by the status, and is asked again', async () => {
  let broken = true
  await using here = await place(({ body }) => {
    if (body.model !== 'judge') return { body: completion({ content: '<answer>the Big Apple</answer>' }) }
    if (broken) return { status: 400, body: { error: { message: 'not today' } } }
    return { body: completion({ content: hear(body).verdict('same') }) }
  })
  await here.tasks([{ answer: 'New York City' }])
  const judged = 'judged.config.ts'
  const failed = await here.kindling(['run', judged, '--json'])
  expect(failed.code, failed.err).toBe(3)
  expect(failed.err).toMatch(/1 fact could not be measured \(first: judge of width\/1: .*not today/)
  expect(JSON.parse(failed.out).funnel.dropped).toMatchObject([{ reason: 'unchecked', count: 1 }])
  broken = false
  expect((await here.kindling(['curate', judged])).code).toBe(3)
  const again = await here.kindling(['run', judged, '--json'])
  expect(again.code, again.err).toBe(0)
  expect(JSON.parse(again.out).funnel).toMatchObject({ kept: 1 })
  expect(here.asked.map(({ body }) => body.model)).toEqual(['m', 'judge', 'judge'])
  const { models } = JSON.parse(await readFile(join(run(here.folder), 'export', 'manifest.json'), 'utf8'))
  const [answered] = models.map((model: { answered: string }) => model.answered)
  expect(models[1]).toEqual({ part: 'judge', name: 'judge', asked: 'judge', answered, replies: 1 })
  expect((await here.kindling(['replay', judged])).code).toBe(0)
})

test('rollouts that failed outside the teacher are told by the status, and are tried again', async () => {
  let broken = true
  await using here = await place((arrived, number) =>
    broken
      ? { status: 400, body: { error: { message: number === 1 ? 'not now' : 'not yet' } } }
      : measuring(arrived, number),
  )
  await here.tasks(rows(2))
  const failed = await here.kindling(['run', config, '--json'])
  expect(failed.code).toBe(3)
  expect(JSON.parse(failed.out).funnel.dropped).toMatchObject([{ reason: 'failed_teacher', count: 2 }])
  broken = false
  expect((await here.kindling(['run', config])).code).toBe(0)
})

test('a server that is not there, or refuses the key, is a matter of what is needed', async () => {
  await using here = await place(() => ({ status: 401, body: { error: { message: 'Incorrect API key' } } }))
  await here.tasks(rows(1))
  const refused = await here.kindling(['run', config, '--json'])
  expect(refused.code).toBe(69)
  expect(refused.err.trim().split('\n').at(-1)).toBe('teacher m: 401 Incorrect API key')
})

test('a run that another process works on is left alone', async () => {
  await using here = await place()
  await here.tasks(rows(1))
  using _held = await lockFolder(run(here.folder))
  const { code, err } = await here.kindling(['run', config])
  expect({ code, err }).toEqual({
    code: 75,
    err: 'runs/command is being worked on by another process; wait for it or stop it\n',
  })
  expect(here.asked).toEqual([])
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to all its processes ends a run so that the same command goes on',
  async signal => {
    let hanging = true
    await using here = await place((arrived, number) => {
      const answer = measuring(arrived, number)
      return hanging && arrived.body.messages.length > 2 ? 'hang' : answer
    })
    await here.tasks(rows(2))
    const { child, ended } = here.start(['run', config, '--json'])
    for (let asked = 0; asked < 4; asked++) if (here.asked.length < 4) await here.next()
    process.kill(-(child.pid ?? 0), signal)
    const { code, err } = await ended
    expect(err.trim().split('\n').at(-1)).toBe('interrupted')
    expect(code).toBe(130)
    hanging = false
    expect(await here.kindling(['run', config])).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 rows kept'),
    })
    // Both first turns were durable; only what was on the wire was asked again.
    expect(here.asked).toHaveLength(6)
  },
)

test('an output folder that cannot be is said in one line', async () => {
  await using here = await place()
  await here.tasks(rows(1))
  await writeFile(join(here.folder, 'runs'), 'a file')
  const { code, err } = await here.kindling(['run', config])
  expect(code, err).toBe(74)
  expect(err).toMatch(/^\S*runs is a file; a folder is needed there; choose another folder\n$/)
})

test('a disk that fills up stops the run in one line, and with room the same command goes on from there', async () => {
  const talkative = 'x'.repeat(200_000)
  await using here = await place(({ body }) =>
    body.messages.length > 2
      ? { body: completion({ content: `<answer>8</answer>${talkative}` }) }
      : { body: completion({ content: talkative, tool_calls: [call('a', 'image_1.width')] }) },
  )
  await here.tasks(rows(6))
  // The limit of a file's size is a soft one, so that the sandbox can set its own. In KiB.
  const { code, err } = await here.kindling(['run', config, '--json'], 'ulimit -S -f 3600')
  expect(code, err).toBe(74)
  const lines = err
    .trim()
    .split('\n')
    .filter(line => !line.startsWith('{'))
  expect(lines).toEqual([
    expect.stringMatching(/runs\/command: .+`ulimit -f`.+, then run the same command again$/),
  ])
  const paid = await replies(here)
  expect(paid).toBeGreaterThan(0)
  const asked = here.asked.length
  const whole = await here.kindling(['run', config, '--json'])
  expect(whole.code, whole.err).toBe(0)
  expect(JSON.parse(whole.out).funnel).toMatchObject({ rollouts: 6, answered: 6 })
  expect(here.asked).toHaveLength(asked + 12 - paid)
})

async function replies(here: Place): Promise<number> {
  await using store = await openSqliteStore(run(here.folder))
  return store.count('replies')
}
