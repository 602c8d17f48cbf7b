import { expect, test } from 'vitest'
import { StrangeLine, type TableLine, toldIn } from '../../charts/told.ts'

async function* stream(lines: readonly TableLine[]): AsyncGenerator<TableLine> {
  yield* lines
}

const row = (key: string, more: TableLine = {}): TableLine => ({ key, kept: true, ...more })

async function toldOf(rows: TableLine[], turns: TableLine[] = [], calls: TableLine[] = []) {
  return Array.fromAsync(toldIn({ rows: stream(rows), turns: stream(turns), calls: stream(calls) }))
}

test('each rollout gets its own replies and calls, also where it has none', async () => {
  const all = await toldOf(
    [row('b'), row('a'), row('c')],
    [
      { key: 'b', input_tokens: 1, output_tokens: 2 },
      { key: 'b', input_tokens: 3, output_tokens: 4 },
      { key: 'c', input_tokens: 5, output_tokens: null },
    ],
    [{ key: 'a', tool: 'python', mistake: null }],
  )
  expect(all.map(({ row, turns, calls }) => [row.key, turns, calls])).toEqual([
    [
      'b',
      [
        { input: 1, output: 2 },
        { input: 3, output: 4 },
      ],
      [],
    ],
    ['a', [], [{ tool: 'python', mistake: null }]],
    ['c', [{ input: 5, output: null }], []],
  ])
})

test.each([
  ['of no row', [row('a')], [{ key: 'z' }]],
  ['in another order', [row('a'), row('b')], [{ key: 'b' }, { key: 'a' }]],
  ['where there are no rows', [], [{ key: 'a' }]],
])('lines %s are refused', async (_, rows, lines) => {
  await expect(toldOf(rows, lines)).rejects.toThrow(StrangeLine)
  await expect(toldOf(rows, [], lines)).rejects.toThrow(StrangeLine)
})

test('what a foreign table holds in place of a value is not taken for one', async () => {
  const odd = {
    kept: 1,
    teacher: 7,
    turns: 'two',
    cost_usd: Number.NaN,
    task_tries: -1,
    checks_failed: [1, 'a', null],
  }
  const [first] = await toldOf([row('a', odd)])
  expect(first?.row).toMatchObject({
    kept: false,
    teacher: null,
    turns: null,
    cost: null,
    tries: null,
    checksFailed: ['a'],
  })
})

test('rows are read as they are asked for', async () => {
  let read = 0
  async function* endless(): AsyncGenerator<TableLine> {
    for (;;) yield row(`${read++}`)
  }
  const told = toldIn({ rows: endless(), turns: stream([]), calls: stream([]) })
  for (let taken = 0; taken < 3; taken++) await told.next()
  await told.return(undefined)
  expect(read).toBe(3)
})
