import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { display } from '../../../cli/watching/display.ts'
import { openTally } from '../../../cli/watching/tally.ts'
import type { Progress } from '../../../pipeline/progress.ts'
import { handClock } from './hand-clock.ts'

interface Where {
  isTTY?: boolean
  json?: boolean
  columns?: number
}

/** What happens: an event, or so many seconds in which nothing does. */
type Happens = Progress | number

/** What is written where `isTTY` is so. */
async function written(events: Happens[], { isTTY = false, json = false, columns = 200 }: Where = {}) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns }) as unknown as NodeJS.WriteStream
  const clock = handClock()
  const screen = display({ json, stream, clock, tally: openTally(clock) })
  for (const event of events) {
    if (typeof event === 'number') await clock.pass(event)
    else screen(event)
  }
  screen[Symbol.dispose]()
  screen[Symbol.dispose]()
  await clock.pass(100)
  return String((stream as unknown as PassThrough).read() ?? '')
}

const done = (number: number, already = 0, total: number | null = 40): Progress => ({
  kind: 'done',
  stage: 'synthesize',
  done: number,
  already,
  failed: 0,
  total,
  usd: null,
})
const numbers = Array.from({ length: 40 }, (_, index) => index + 1)
const work: Progress[] = [
  { kind: 'stage', stage: 'intake', total: null },
  { kind: 'stage', stage: 'synthesize', total: 40 },
  ...numbers.map(number => done(number, Math.min(number, 4))),
  { kind: 'stage', stage: 'export', total: null },
]

test('without a terminal there is a plain line for each stage and each tenth of it', async () => {
  const text = await written(work)
  const lines = text.split('\n')
  expect(lines.slice(0, 4)).toEqual([
    'reading tasks',
    'solving (40)',
    '  solving 1/40, 1 already done',
    '  solving 4/40, 4 already done',
  ])
  expect(lines.slice(-3)).toEqual(['  solving 40/40, 4 already done', 'writing', ''])
  expect(lines).toHaveLength(15)
  expect(text).not.toMatch(/[^\P{Cc}\n]/u)
})

test('on a terminal one line is redrawn for each stage, and closed at the end', async () => {
  const text = await written(work, { isTTY: true })
  const lines = text.split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toBe('\r\x1b[Kreading tasks')
  expect(lines[2]).toBe('\r\x1b[Kwriting')
  const frames = lines[1]?.split('\r\x1b[K').slice(1) ?? []
  expect(frames).toHaveLength(41)
  expect(frames[0]).toMatch(/^░{24} solving 0\/40$/)
  expect(frames[20]).toMatch(/^█{12}░{12} solving 20\/40, 4 already done$/)
  expect(frames[40]).toMatch(/^█{24} solving 40\/40, 4 already done$/)
})

test('for jobs every event is a line of JSON, also on a terminal', async () => {
  const lines = (await written(work, { isTTY: true, json: true })).trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toEqual(work)
})

test('rows that go by too fast to follow are shown now and then, and the last one always', async () => {
  const rows = Array.from(
    { length: 5000 },
    (_, index): Progress => ({
      ...(done(index + 1, 0, 5000) as Extract<Progress, { kind: 'done' }>),
      stage: 'curate',
    }),
  )
  const lines = (await written(rows, { json: true })).trim().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toEqual(rows[0])
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual(rows.at(-1))
  expect(lines.length).toBeLessThan(rows.length / 2)
})

test('how many failed is said, and where nobody knows the total, how many are done', async () => {
  const read: Progress = { ...done(7, 0, null), stage: 'intake', failed: 2, usd: 1 } as Progress
  expect(await written([read], { isTTY: true })).toContain('reading tasks 7, 2 failed, $1.00')
})

test('nothing that happened is nothing that is written', async () => {
  expect(await written([], { isTTY: true })).toBe('')
})

const warning: Progress = { kind: 'warning', message: 'teacher x: 401; going on with 1 of 2\u001b[2J' }

test('a warning is a line of its own, and what a server wrote in it moves no cursor', async () => {
  const line = 'warning: teacher x: 401; going on with 1 of 2\\x1b[2J\n'
  expect(await written([warning])).toBe(line)
  const drawn = await written([done(1), warning, done(2)], { isTTY: true })
  expect(drawn).toContain(`\n${line}\r`)
  expect(JSON.parse(await written([warning], { json: true }))).toEqual(warning)
})

const solving: Progress = { kind: 'stage', stage: 'synthesize', total: 4 }
const call = (call: number): Progress => ({ kind: 'call', call })
const called = (call: number, output: number | null = null): Progress => ({ kind: 'called', call, output })
const again = (why: string, number = 2): Progress => ({ kind: 'again', why, number, most: 5 })

test('where nothing happens for half a minute a plain line says what is waited for', async () => {
  const lines = (await written([solving, call(1), 20, call(2), 45, called(1, 130), 31])).split('\n')
  expect(lines).toEqual([
    'solving (4)',
    '  solving 0/4, 2 calls under way (oldest 30 s)',
    '  solving 0/4, 2 calls under way (oldest 60 s)',
    '  solving 0/4, 1 call under way (oldest 70 s), 1.4 tokens/s',
    '',
  ])
})

test('before the first stage it is not silent either', async () => {
  expect(await written([61])).toBe('  starting\n  starting\n')
})

test('on a terminal the line is drawn anew every second, and cut where it would not fit', async () => {
  const text = await written([solving, call(1), 3], { isTTY: true, columns: 60 })
  const whole = ['', ...[1, 2, 3].map(second => `, 1 call under way (oldest ${second} s)`)]
  expect(text.split('\r\x1b[K').slice(1).join('\n')).toBe(
    `${whole.map(more => `${'░'.repeat(24)} solving 0/4${more}`.slice(0, 59)).join('\n')}\n`,
  )
})

test('while somebody else writes nothing is drawn, until something happens again', async () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
  }) as unknown as NodeJS.WriteStream
  const clock = handClock()
  const screen = display({ json: false, stream, clock, tally: openTally(clock) })
  screen(solving)
  screen.pause()
  const read = () => String((stream as unknown as PassThrough).read() ?? '')
  expect(read()).toMatch(/\n$/)
  await clock.pass(5)
  expect(read()).toBe('')
  screen(done(1, 0, 4))
  await clock.pass(1)
  expect(read().split('\r')).toHaveLength(3)
  screen[Symbol.dispose]()
})

test('for jobs there is a line of JSON with what goes on every half minute', async () => {
  const lines = (await written([solving, call(1), 30], { json: true })).trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toEqual([
    solving,
    expect.objectContaining({
      kind: 'now',
      stage: 'synthesize',
      underWay: 1,
      oldestMs: 30_000,
      leftMs: null,
    }),
  ])
})

test('how far a file is that is being fetched is said, as far as its size is known', async () => {
  const fetching = (whole: number | null) =>
    ({ kind: 'fetching', what: 'hf://datasets/own/tasks/a.parquet', bytes: 1_234_567_890, whole }) as const
  expect((await written([fetching(3_000_000_000), fetching(null)])).split('\n')).toEqual([
    '  fetching hf://datasets/own/tasks/a.parquet: 1235 of 3000 MB',
    '  fetching hf://datasets/own/tasks/a.parquet: 1235 MB',
    '',
  ])
})

test('why a call is made again is said at once, the same reason not again for half a minute', async () => {
  const events = [
    solving,
    again('teacher m: 503 after 12 s'),
    again('teacher m: 503 after 13 s'),
    again('teacher m: reset\n\u001b[2J'),
    30,
    again('teacher m: 503 after 14 s', 3),
  ]
  const lines = (await written(events)).split('\n')
  expect(lines).toEqual([
    'solving (4)',
    '  asking again (try 2 of 5): teacher m: 503 after 12 s',
    '  asking again (try 2 of 5): teacher m: reset \\x1b[2J',
    '  solving 0/4, 3 asked again',
    '  asking again (try 3 of 5): teacher m: 503 after 14 s',
    '',
  ])
  expect(await written([again('x'.repeat(5000))])).toHaveLength(231)
})
