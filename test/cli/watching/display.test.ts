import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { display } from '../../../cli/watching/display.ts'
import type { Progress } from '../../../pipeline/progress.ts'

/** What is written where `isTTY` is so. */
function written(events: Progress[], { isTTY = false, json = false } = {}): string {
  const stream = new PassThrough()
  const listen = display({ json, stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream })
  for (const event of events) listen(event)
  listen.end()
  listen.end()
  return String(stream.read() ?? '')
}

const done = (number: number, already = 0, total = 40): Progress => ({
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

test('without a terminal there is a plain line for each stage and each tenth of it', () => {
  const lines = written(work).split('\n')
  expect(lines.slice(0, 4)).toEqual([
    'reading tasks',
    'solving (40)',
    '  solving 1/40, 1 already done',
    '  solving 4/40, 4 already done',
  ])
  expect(lines.slice(-3)).toEqual(['  solving 40/40, 4 already done', 'writing', ''])
  expect(lines).toHaveLength(15)
  expect(written(work)).not.toMatch(/[^\P{Cc}\n]/u)
})

test('on a terminal one line is redrawn for each stage, and closed at the end', () => {
  const text = written(work, { isTTY: true })
  const lines = text.split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toBe('reading tasks…')
  expect(lines[2]).toBe('writing…')
  const frames = lines[1]?.split('\r\x1b[K') ?? []
  expect(frames).toHaveLength(41)
  expect(frames[0]).toBe('solving…')
  expect(frames[20]).toMatch(/^█{12}░{12} solving 20\/40, 4 already done, about \d+ s left$/)
  expect(frames[4]).toMatch(/ solving 4\/40, 4 already done$/)
  expect(frames[40]).toMatch(/^█{24} solving 40\/40, 4 already done$/)
})

test('for jobs every event is a line of JSON, also on a terminal', () => {
  const lines = written(work, { isTTY: true, json: true }).trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toEqual(work)
})

test('rows that go by too fast to follow are shown now and then, and the last one always', () => {
  const rows = Array.from(
    { length: 5000 },
    (_, index): Progress => ({
      ...(done(index + 1, 0, 5000) as Extract<Progress, { kind: 'done' }>),
      stage: 'curate',
    }),
  )
  const lines = written(rows, { json: true }).trim().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toEqual(rows[0])
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual(rows.at(-1))
  expect(lines.length).toBeLessThan(rows.length / 2)
})

test('how many failed is said, and where nobody knows the total, how many are done', () => {
  const read: Progress = {
    kind: 'done',
    stage: 'intake',
    done: 7,
    already: 0,
    failed: 2,
    total: null,
    usd: 1,
  }
  expect(written([read], { isTTY: true })).toContain('reading tasks 7, 2 failed, $1.00')
})

test('nothing that happened is nothing that is written', () => {
  expect(written([], { isTTY: true })).toBe('')
})

const warning: Progress = { kind: 'warning', message: 'teacher x: 401; going on with 1 of 2\u001b[2J' }

test('a warning is a line of its own, and what a server wrote in it moves no cursor', () => {
  const line = 'warning: teacher x: 401; going on with 1 of 2\\x1b[2J\n'
  expect(written([warning])).toBe(line)
  const drawn = written([done(1), warning, done(2)], { isTTY: true })
  expect(drawn).toContain(`\n${line}\r`)
  expect(JSON.parse(written([warning], { json: true }))).toEqual(warning)
})
