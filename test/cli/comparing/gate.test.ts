import { expect, test } from 'vitest'
import { limitNames } from '../../../pipeline/compare/comparison.ts'
import { heldAgainst, limitMeanings, limitsIn } from '../../../pipeline/compare/gate.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { compared, type Given, writeExport } from './exports.ts'

test.each([
  [['lost=5%'], { lost: 0.05 }],
  [['lost=0.05', 'cost=150%'], { lost: 0.05, cost: 1.5 }],
  [['flips=0, answers = 2.5 %'], { flips: 0, answers: 0.025 }],
])('%j are limits', (texts, limits) => {
  expect(limitsIn(texts)).toEqual(limits)
})

test.each([
  [['lsot=5%'], '--gate lsot=5%: there is no limit lsot; did you mean lost?'],
  [
    ['toString=5%'],
    '--gate toString=5%: there is no limit toString; there are lost, flips, answers, rows, yield, cost',
  ],
  [['='], '--gate =: there is no limit without a name; there are lost, flips, answers, rows, yield, cost'],
  [['lost'], '--gate lost: give a share such as lost=5% or lost=0.05'],
  [['lost=5'], '--gate lost=5: give a share such as lost=5% or lost=0.05'],
  [['lost=-5%'], '--gate lost=-5%: give a share such as lost=5% or lost=0.05'],
  [['lost=5%=6%'], '--gate lost=5%=6%: give a share such as lost=5% or lost=0.05'],
  [['lost=5%', 'lost=6%'], '--gate lost=6%: lost has a limit already; give one'],
])('%j are refused', (texts, line) => {
  expect(() => limitsIn(texts)).toThrow(line)
})

test('every limit says what it bounds', () => {
  expect(Object.keys(limitMeanings)).toEqual([...limitNames])
})

const many = (count: number, changes: (index: number) => Partial<Given>): Given[] =>
  Array.from({ length: count }, (_, index) => ({
    task: `t${String(index).padStart(3, '0')}`,
    ...changes(index),
  }))

/** The first are dropped. */
const dropping = (dropped: number) => many(40, index => (index < dropped ? { fate: 'wrong' } : {}))

const held: [string, Given[], Given[], Record<string, number>][] = [
  ['nothing changed', dropping(2), dropping(2), { lost: 0, flips: 0, answers: 0, rows: 0, yield: 0 }],
  ['rows were lost', dropping(0), dropping(4), { lost: 0.1, flips: 0.1, answers: 0, rows: 0.1, yield: 0.1 }],
  [
    'as many rows came as were lost',
    many(40, index => (index < 4 ? { fate: 'wrong' } : {})),
    many(40, index => (index >= 36 ? { fate: 'wrong' } : {})),
    { lost: 4 / 36, flips: 0.2, answers: 0, rows: 0, yield: 0 },
  ],
  [
    'tasks are gone',
    dropping(0),
    dropping(0).slice(10),
    { lost: 0.25, flips: 0, answers: 0, rows: 0.25, yield: 0 },
  ],
  [
    'answers are others',
    dropping(0),
    many(40, index => ({ answer: index < 10 ? '9' : '8' })),
    { lost: 0, flips: 0, answers: 0.25, rows: 0, yield: 0 },
  ],
]

test.each(held)('where %s, each limit measures its own', async (_, before, after, shares) => {
  await using folder = await temporaryFolder()
  const names = Object.keys(shares)
  const [one, other] = [await writeExport(folder.path, before), await writeExport(folder.path, after)]
  const at = async (limit: (share: number) => number) => {
    const limits = Object.fromEntries(names.map(name => [name, limit(shares[name] ?? 0)]))
    return (await compared(one, other, limits)).gate
  }
  const reached = await at(share => share)
  expect(Object.fromEntries(reached.map(({ name, found }) => [name, found]))).toEqual(
    Object.fromEntries(names.map(name => [name, expect.closeTo(shares[name] ?? 0, 9)])),
  )
  const passed = (await at(share => share - 0.001)).filter(({ passed }) => passed)
  // Four of forty are no more than chance.
  expect(passed.map(({ name }) => name)).toEqual(names.filter(name => name !== 'yield'))
})

test('a yield that falls by chance passes no limit, and one that falls by more does', async () => {
  await using folder = await temporaryFolder()
  const before = await writeExport(folder.path, dropping(0))
  const passes = async (dropped: number) => {
    const after = await writeExport(folder.path, dropping(dropped))
    return (await compared(before, after, { yield: 0.05 })).gate.map(({ passed, line }) => [passed, line])
  }
  expect(await passes(5)).toEqual([
    [
      false,
      'yield 12.5 % (of 40 rows on both sides 5 are not kept any more and 0 are now, p 0.063); the limit is 5.0 %',
    ],
  ])
  expect(await passes(6)).toEqual([[true, expect.stringContaining('p 0.031')]])
})

test('a limit is not held against nothing', async () => {
  await using folder = await temporaryFolder()
  const [one, other] = [dropping(0).slice(0, 3), many(3, index => ({ task: `other/${index}` }))]
  const paths = [await writeExport(folder.path, one), await writeExport(folder.path, other)] as const
  for (const name of ['flips', 'answers', 'yield'])
    await expect(compared(...paths, { [name]: 0.5 })).rejects.toThrow(/^--gate \w+: .*so it cannot be told$/)
  expect((await compared(...paths, { lost: 0.5 })).gate).toMatchObject([{ found: 1, passed: true }])
})

const costing = (before: number | null, after: number | null, kept = 4) => {
  const tally = (usd: number | null, kept: number) => ({ rollouts: 4, kept, input: 0, output: 0, usd })
  const group = { by: 'all', name: '', before: tally(before, 4), after: tally(after, kept) } as const
  return { groups: [{ ...group, lost: 0, gained: 0, p: 1, change: null }] } as unknown as Parameters<
    typeof heldAgainst
  >[1]
}

test.each([
  [costing(4, 5), 0.25],
  [costing(4, 4, 2), 1],
  [costing(4, 2), -0.5],
  [costing(0, 0), 0],
  [costing(4, 4, 0), Number.POSITIVE_INFINITY],
])('the cost of a kept row rises by its share', (rows, rise) => {
  const [held] = heldAgainst({ cost: 0.1 }, rows)
  expect(held).toMatchObject({ found: rise, passed: rise > 0.1 })
})

test.each([[costing(null, 4)], [costing(4, null)]])('a cost that is not known is no cost', rows => {
  expect(() => heldAgainst({ cost: 0.1 }, rows)).toThrow(/^--gate cost: .*no known sum.*cannot be told$/)
})
