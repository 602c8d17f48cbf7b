import { expect, test } from 'vitest'
import { allCharts } from '../../charts/all.ts'
import type { ChartLine } from '../../charts/chart.ts'
import type { ToldRollout } from '../../charts/told.ts'
import { dropped, figureOf, times, told } from './rollouts.ts'

const chartNamed = (name: string) => {
  const found = allCharts.find(chart => chart.name === name)
  if (!found) throw new Error(`no chart ${name}`)
  return found
}

/** What is counted of rollouts: the chart, the rollouts, and its lines. */
const counted: [chart: string, what: string, all: ToldRollout[], lines: ChartLine[]][] = [
  [
    'funnel',
    'the most frequent reason first, between all and kept',
    [told(), dropped('passed', 'thought'), ...times(2, dropped('solve', 'empty'))],
    [
      { fate: 'all rollouts', rollouts: 4, share: 1 },
      { fate: 'solve/empty', rollouts: 2, share: 0.5 },
      { fate: 'passed/thought', rollouts: 1, share: 0.25 },
      { fate: 'kept', rollouts: 1, share: 0.25 },
    ],
  ],
  [
    'funnel',
    'a drop that says no reason',
    [told({ kept: false })],
    [
      { fate: 'all rollouts', rollouts: 1, share: 1 },
      { fate: '?/?', rollouts: 1, share: 1 },
      { fate: 'kept', rollouts: 0, share: 0 },
    ],
  ],
  [
    'cost',
    'what dropped rollouts cost is paid by the kept ones; one alone has no interval',
    [told({ cost: 0.25 }), dropped('a', 'b', { cost: 0.75 })],
    [
      {
        teacher: 'one',
        rollouts: 2,
        kept: 1,
        usd: 1,
        per_kept: 1,
        low: null,
        high: null,
        without_dropped: 0.25,
      },
    ],
  ],
  [
    'cost',
    'a teacher without a price beside one that kept nothing',
    [told({ cost: 1 }), told({ cost: null }), dropped('a', 'b', { teacher: 'two', cost: 2 })],
    [
      {
        teacher: 'one',
        rollouts: 2,
        kept: 2,
        usd: null,
        per_kept: null,
        low: null,
        high: null,
        without_dropped: null,
      },
      {
        teacher: 'two',
        rollouts: 1,
        kept: 0,
        usd: 2,
        per_kept: null,
        low: null,
        high: null,
        without_dropped: null,
      },
    ],
  ],
  [
    'tool_mix',
    'shares of the calls of a category; made-up tools are one',
    [
      told({ calls: ['python', 'python', 'search'] }),
      told({ calls: ['zoom: unknown_tool'] }),
      told({ category: 'asked', calls: ['search', 'look: unknown_tool', 'peek: unknown_tool'] }),
    ],
    [
      { category: 'seen', tool: '(unknown)', calls: 1, share: 0.25 },
      { category: 'seen', tool: 'python', calls: 2, share: 0.5 },
      { category: 'seen', tool: 'search', calls: 1, share: 0.25 },
      { category: 'asked', tool: '(unknown)', calls: 2, share: 2 / 3 },
      { category: 'asked', tool: 'search', calls: 1, share: 1 / 3 },
    ],
  ],
  [
    'mistakes',
    'kinds of mistakes by tool, with the interval of their share',
    [told({ calls: ['python: code_error', 'python: code_error', 'python: bad_arguments', 'python'] })],
    [
      {
        ...{ tool: 'python', calls: 4, mistakes: 3, kinds: 'code_error 2, bad_arguments 1' },
        ...{ share: 0.75, low: expect.closeTo(0.301, 3), high: expect.closeTo(0.954, 3) },
      },
    ],
  ],
  [
    'turns',
    'by their number, the longest together',
    [
      told({ turns: 10 }),
      told({ turns: 2 }),
      dropped('a', 'b', { turns: 2 }),
      ...times(2, told({ turns: 99 })),
    ],
    [
      { turns: '2', kept: 1, dropped: 1 },
      { turns: '10', kept: 1, dropped: 0 },
      { turns: 'more than 15', kept: 2, dropped: 0 },
    ],
  ],
  [
    'difficulty',
    'a task once, however often it was tried',
    [
      ...times(3, told({ tries: 3, solved: 3 })),
      ...times(4, told({ tries: 4, solved: 1 })),
      ...times(3, told({ tries: 3, solved: 2 })),
      ...times(10, told({ tries: 10, solved: 9 })),
      dropped('a', 'b', { tries: 1, solved: 0 }),
      told({ tries: 5, solved: null }),
    ],
    [
      { solved: 'never', tasks: 1 },
      { solved: 'up to 25 %', tasks: 1 },
      { solved: 'up to 50 %', tasks: 0 },
      { solved: 'up to 75 %', tasks: 1 },
      { solved: 'not always', tasks: 1 },
      { solved: 'always', tasks: 1 },
    ],
  ],
  [
    'checks_by_label',
    'rows with a label alone',
    [
      told({ label: 'bad', checksFailed: ['answer'] }),
      told({ label: 'bad', checksFailed: ['answer', 'thought'] }),
      told({ label: 'good', checksFailed: ['thought'] }),
      told({ label: 'good' }),
      told({ checksFailed: ['pii'] }),
    ],
    [
      { check: 'answer', label: 'good', rows: 2, failed: 0, share: 0 },
      { check: 'answer', label: 'bad', rows: 2, failed: 2, share: 1 },
      { check: 'thought', label: 'good', rows: 2, failed: 1, share: 0.5 },
      { check: 'thought', label: 'bad', rows: 2, failed: 1, share: 0.5 },
    ],
  ],
  [
    'licences',
    'none said is a name, too',
    [told({ licence: null }), told(), told(), dropped('a', 'b')],
    [
      { licence: 'MIT', kept: 2, dropped: 1 },
      { licence: '(none)', kept: 1, dropped: 0 },
    ],
  ],
  [
    'lengths',
    'powers of two, without a gap between them',
    [told({ tokens: [10, 1] }), told({ tokens: [1024, 0] }), dropped('a', 'b', { tokens: [4000, 97] })],
    [
      { tokens: 'up to 512', kept: 1, dropped: 0 },
      { tokens: '513 – 1 024', kept: 1, dropped: 0 },
      { tokens: '1 025 – 2 048', kept: 0, dropped: 0 },
      { tokens: '2 049 – 4 096', kept: 0, dropped: 0 },
      { tokens: '4 097 – 8 192', kept: 0, dropped: 1 },
    ],
  ],
]

test.each(counted)('%s counts %s', (name, _, all, lines) => {
  const figure = figureOf(chartNamed(name), all)
  expect(figure.lines.map(line => ({ ...line, ...spaced(line) }))).toEqual(lines)
  for (const line of figure.lines)
    expect(Object.keys(line).sort()).toEqual(Object.keys(chartNamed(name).columns).sort())
})

/** Narrow spaces of numbers as plain ones. */
const spaced = (line: ChartLine) =>
  Object.fromEntries(
    Object.entries(line).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.replaceAll('\u202f', ' ')]] : [],
    ),
  )

test('every chart is counted in one of these', () => {
  expect(new Set(counted.map(([name]) => name))).toEqual(new Set(allCharts.map(({ name }) => name)))
})

test.each(allCharts)('$name says in a sentence that there is nothing', chart => {
  const { lines, nothing } = figureOf(chart, [])
  expect(nothing).toMatch(/^[A-Z].+\.$/)
  expect(
    lines.filter(line => Object.values(line).some(value => typeof value === 'number' && value > 0)),
  ).toEqual([])
})

/** Values of which every rollout has another. */
const manyNames: [chart: string, given: (index: number) => ToldRollout][] = [
  ['funnel', index => dropped('stage', `r${index}`)],
  ['cost', index => told({ teacher: `t${index}` })],
  ['tool_mix', index => told({ category: `c${index}`, calls: [`t${index}`] })],
  ['mistakes', index => told({ calls: [`t${index}: kind${index}`] })],
  ['turns', index => told({ turns: index })],
  ['checks_by_label', index => told({ label: 'bad', checksFailed: [`c${index}`, '__proto__'] })],
  ['licences', index => told({ licence: `l${index}` })],
]

test.each(manyNames)('%s adds up what would be too many lines', (name, given) => {
  const figure = figureOf(
    chartNamed(name),
    Array.from({ length: 3000 }, (_, index) => given(index)),
  )
  expect(figure.lines.length).toBeLessThanOrEqual(40)
  expect(figure.lines.length).toBeGreaterThan(1)
})
