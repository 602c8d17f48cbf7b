import { expect, test } from 'vitest'
import { type GivenTimes, readTimes } from '../../../cli/scheduled/times.ts'

const now = Date.parse('2026-11-30T04:30:00Z')

const durations: [given: string, ms: number][] = [
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['0.5h', 1_800_000],
  ['1d', 86_400_000],
  ['0s', 0],
]

test.each(durations)('%s are %i milliseconds, to wait and until a deadline', (given, ms) => {
  expect(readTimes({ wait: given }).wait).toBe(ms)
  expect(readTimes({ deadline: given }).deadlineMs).toBe(ms)
})

const moments: [given: string, ms: number][] = [
  ['2026-11-30T06:30:00Z', 7_200_000],
  ['2026-11-30T06:30Z', 7_200_000],
  ['2026-11-30T06:30:00+02:00', 0],
  ['2026-11-30T04:29:59.5Z', -500],
]

test.each(moments)('a deadline may be a time, such as %s', (given, ms) => {
  expect(readTimes({ deadline: given }, now).deadlineMs).toBe(ms)
})

test('nobody waits longer than asked for, nor than until the deadline', () => {
  expect(readTimes({}).wait).toBeUndefined()
  expect(readTimes({ wait: true }).wait).toBe(Number.POSITIVE_INFINITY)
  expect(readTimes({ wait: true, deadline: '5m' }).wait).toBe(300_000)
  expect(readTimes({ wait: '1m', deadline: '5m' }).wait).toBe(60_000)
})

test.each(['2026-11-30', '2026-W48', '2026-11-30T04:30+01:00', 'v1.2', 'a'.repeat(64)])(
  '%s names a slot',
  slot => {
    expect(readTimes({ slot }).slot).toBe(slot)
  },
)

const refused: [given: GivenTimes, says: RegExp][] = [
  [{ slot: '' }, /^--slot: "" is no name of a time; give one such as 2026-11-30: letters, digits/],
  [{ slot: '..' }, /^--slot: "\.\." is no name/],
  [{ slot: 'a b' }, /^--slot: "a b" is no name/],
  [{ slot: '../x' }, /^--slot: /],
  [{ slot: 'a'.repeat(65) }, /^--slot: /],
  [{ wait: '15' }, /^--wait: "15" is no duration; give one such as 90s, 15m, 2h, 1h30m or 1d, or none/],
  [{ wait: 'my.config.ts' }, /^--wait: "my\.config\.ts" is no duration/],
  [{ wait: '-5m' }, /^--wait: /],
  [{ deadline: '5 h' }, /^--deadline: "5 h" is neither a duration nor a time; give one such as/],
  [{ deadline: '2026-11-30' }, /^--deadline: "2026-11-30" is neither/],
  [{ deadline: '2026-13-30T06:00Z' }, /^--deadline: /],
  [{ maxCost: '$5' }, /^--max-cost: "\$5" is no amount of USD; give one such as 5 or 0\.50$/],
  [{ maxCost: '-1' }, /^--max-cost: /],
  [{ maxCost: '1e3' }, /^--max-cost: /],
  [{ maxCost: 'Infinity' }, /^--max-cost: /],
  [
    { metrics: '/nowhere/at/all/a.prom' },
    /^--metrics \/nowhere\/at\/all\/a\.prom: there is no folder \/nowhere\/at\/all;/,
  ],
]

test.each(refused)('%j is refused in one line that says what may be given', (given, says) => {
  expect(() => readTimes(given)).toThrow(says)
})
