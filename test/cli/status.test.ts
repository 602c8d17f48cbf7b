import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { printStatus, type Status } from '../../cli/watching/status.ts'
import { keepStatus, savedStatus, statusPath } from '../../cli/watching/status-file.ts'
import { openTally } from '../../cli/watching/tally.ts'
import { temporaryFolder } from '../fixtures.ts'
import { config, measuring, type Place, place } from './command.ts'
import { handClock } from './watching/hand-clock.ts'

const statusOf = async (here: Place, shell?: string): Promise<Status> => {
  const { code, out, err } = await here.kindling(['status', '--json'], shell)
  expect(code, err).toBe(0)
  return JSON.parse(out)
}

/** Look again and again until something is so. */
async function until(here: Place, is: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const status = await statusOf(here)
    if (is(status)) return status
  }
}

/** Whatever is given is run where no file can be written. */
const readOnly = 'set -- bwrap --ro-bind / / --dev /dev --proc /proc "$@"'

test('from another terminal it is seen how far a run is; after a kill, that nobody works on it and how to go on', async () => {
  let hanging = true
  await using here = await place((arrived, number) =>
    hanging && arrived.body.messages.length > 2 ? 'hang' : measuring(arrived, number),
  )
  await here.tasks([{}, {}, {}])
  const { child, ended } = here.start(['run', config])
  for (let asked = 0; asked < 4; asked++) if (here.asked.length < 4) await here.next()

  const working = await until(here, ({ last }) => last?.now.underWay === 2)
  expect(working).toMatchObject({
    run: 'runs/command',
    working: true,
    planned: 3,
    solved: 0,
    calls: 2,
    last: {
      command: `kindling run ${config}`,
      ended: null,
      now: { stage: 'synthesize', total: 3, calls: 2 },
    },
    next: null,
  })
  expect(await statusOf(here, readOnly)).toMatchObject({ working: true, planned: 3 })
  expect((await here.kindling(['status'])).out).toMatch(
    /^runs\/command: `kindling run \S+` has been at work for \d+ s\n {2}solving 0\/3, 2 calls under way .*\n {2}0 of 3 planned rollouts are there, calls so far: 2 \(no price\)\n$/,
  )

  child.kill('SIGKILL')
  await ended
  for (const [name, shell] of [['runs/command'], ['command', readOnly]]) {
    const { out } = await here.kindling(['status', name ?? ''], shell)
    expect(out).toMatch(
      /nobody works on it: `kindling run \S+` was killed, its last sign of life was \d+ s ago\n/,
    )
    expect(out).toMatch(/\n {2}next: kindling run \S+\n$/)
    expect(out).not.toContain('under way')
  }

  hanging = false
  expect((await here.kindling(['run', config])).code).toBe(0)
  expect(await statusOf(here, readOnly)).toMatchObject({
    working: false,
    solved: 3,
    last: { ended: { exit: 0 } },
    next: 'kindling stats runs/command',
  })
  for (const command of [
    ['stats', 'command'],
    ['show', 'width/1', '--run', 'command'],
    ['searches', 'command'],
  ])
    expect(await here.kindling(command)).toMatchObject({ code: 0, err: '' })
})

test('how a run ended is told with the words that it ended with', async () => {
  await using here = await place(() => ({ status: 401, body: { error: { message: 'Incorrect API key' } } }))
  await here.tasks([{}])
  const { code } = await here.kindling(['run', config])
  expect(code).toBe(69)
  expect((await here.kindling(['status'])).out).toMatch(
    /nobody works on it: .* ended \d+ s ago with status 69 \(teacher m: 401 Incorrect API key\)\n.*\n.*\n {2}next: kindling run command\.config\.ts\n/,
  )
  await rm(statusPath(join(here.folder, 'runs/command')))
  expect(await statusOf(here)).toMatchObject({ working: false, planned: 1, last: null, next: null })
})

test('where there is no run that is said', async () => {
  await using here = await place()
  expect(await here.kindling(['status'])).toMatchObject({
    code: 2,
    err: 'there is no run in runs/; name its folder\n',
  })
})

test('the status is written anew every few seconds, whole, and last with how it ended', async () => {
  await using folder = await temporaryFolder()
  const clock = handClock()
  const tally = openTally(clock)
  const written = async () => (await readFile(statusPath(folder.path), 'utf8').catch(() => '')) !== ''
  {
    await using status = keepStatus(folder.path, ['run', "it's.config.ts"], { tally, clock })
    while (!(await written())) await setImmediate()
    expect(await savedStatus(folder.path)).toMatchObject({
      command: `kindling run 'it'\\''s.config.ts'`,
      cwd: process.cwd(),
      ended: null,
      now: { stage: null },
    })
    tally.hear({ kind: 'stage', stage: 'verify', total: 7 })
    while ((await savedStatus(folder.path))?.now.total !== 7) await clock.pass(1)
    status.end(74, 'no room')
  }
  expect(await savedStatus(folder.path)).toMatchObject({ ended: { exit: 74, text: 'no room' } })
  const { mtimeMs } = await stat(statusPath(folder.path))
  await clock.pass(60)
  expect((await stat(statusPath(folder.path))).mtimeMs).toBe(mtimeMs)
})

test('a status that cannot be written stops nothing, and one that cannot be read is none', async () => {
  await using folder = await temporaryFolder()
  const clock = handClock()
  await using _ = keepStatus(join(folder.path, 'gone'), ['run'], { tally: openTally(clock), clock })
  for (const text of ['', '{"command"', '{"command": "kindling", "now": {}}', 'null']) {
    await writeFile(statusPath(folder.path), text)
    expect(await savedStatus(folder.path)).toBeUndefined()
  }
})

const now = Date.parse('2026-01-01T10:00:00Z')
const status: Status = {
  run: 'runs/x',
  working: true,
  planned: 9,
  solved: 3,
  calls: 7,
  usd: 0.5,
  last: null,
  next: null,
}
const last = {
  command: 'kindling run x.config.ts',
  cwd: '/home',
  began: '2026-01-01T09:00:00Z',
  at: '2026-01-01T09:59:58Z',
  now: openTally(handClock()).now(),
  ended: null,
}
const ended = { exit: 130, text: '', at: '2026-01-01T09:59:59Z' }

const situations: [string, Partial<Status>, RegExp][] = [
  ['it works', { last }, /`kindling run x\.config\.ts` has been at work for 60 min\n/],
  [
    'it was halted',
    { last: { ...last, at: '2026-01-01T09:50:00Z' } },
    /no sign of life for 10 min: it may be halted\n/,
  ],
  ['it has just begun', {}, /at work, and it has just begun\n/],
  ['it has begun again', { last: { ...last, ended } }, /at work, and it has just begun\n/],
  [
    'it was interrupted',
    { working: false, last: { ...last, ended } },
    /ended 1 s ago with status 130 \(interrupted; /,
  ],
  [
    'it is done',
    { working: false, last: { ...last, ended: { ...ended, exit: 0 } } },
    /`kindling run \S+` was done 1 s ago\n/,
  ],
  ['an older one made it', { working: false }, /: nobody works on it\n.*\n {2}next: run its config again/],
]

test.each(situations)('where %s that is said', (_, changes, says) => {
  expect(printStatus({ ...status, ...changes }, now)).toMatch(says)
})
