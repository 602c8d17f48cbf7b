import { expect, test } from 'vitest'
import { Comparison, type RowComparison } from '../../../pipeline/compare/comparison.ts'
import { hashOf } from '../../../schemas/hash.ts'
import { validator } from '../../../schemas/validate.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { reading } from '../../readers.ts'
import { compared, type Given, writeExport } from './exports.ts'

const isComparison = validator(Comparison)

/** Numbers that look as if at random, always the same: 0 up to `below`. */
function drawing(seed: number) {
  let drawn = 0
  return (below: number) => Number.parseInt(hashOf([seed, drawn++]).slice(0, 8), 16) % below
}

/** Rows of two teachers with two samples each, of which each regeneration decides, answers and lacks others. */
function rowsBy(seed: number): Given[] {
  const draw = drawing(seed)
  const fates = ['kept', 'kept', 'kept', 'wrong', 'other']
  const rows = Array.from({ length: 160 }, (_, index): Given => {
    const fate = fates[draw(fates.length)] ?? ''
    return {
      task: index < 152 ? `task/${Math.floor(index / 4)}` : `only/${seed}/${Math.floor(index / 4)}`,
      teacher: index % 2 === 0 ? 'one' : 'two',
      sample: Math.floor(index / 2) % 2,
      category: index < 60 ? 'seen' : 'read',
      fate,
      answer: fate === 'other' ? null : String(7 + draw(3)),
      thought: `I look ${draw(2)} times.`,
      truth: index >= 4 && index < 8 ? String(seed) : '8',
      question: index < 4 ? `How wide is it, said ${seed}?` : 'How wide is it?',
      generation: seed,
    }
  })
  return rows.filter(() => draw(10) > 0)
}

/** Every number that SQL makes of the Parquet, in the shape in which SQL gives it. */
const asSql = ({ rows }: { rows: RowComparison }) => ({
  ...rows,
  p: undefined,
  answers: {
    both: rows.answers.both,
    changed: rows.answers.changed.map(({ from: _, to: __, ...each }) => each),
  },
  groups: rows.groups
    .map(({ p: _, change: __, before, after, ...group }) => ({
      ...group,
      before: { ...before, usd: undefined },
      after: { ...after, usd: undefined },
    }))
    .sort(byName),
  siblings: {
    before: Object.fromEntries(rows.siblings.map(({ teacher, before }) => [teacher, before])),
    after: Object.fromEntries(rows.siblings.map(({ teacher, after }) => [teacher, after])),
  },
  flips: Object.values(Object.groupBy(rows.flips, ({ from, to }) => `${from} ${to}`))
    .map((same = []) => ({
      from: same[0]?.from,
      to: same[0]?.to,
      count: same.reduce((sum, { count }) => sum + count, 0),
    }))
    .sort(byName),
  rows: rows.rows.map(({ because: _, anew: __, detail: ___, ...row }) => row).sort(byName),
})

const byName = (a: object, b: object) => (nameIn(a) < nameIn(b) ? -1 : 1)
const nameIn = (thing: object) =>
  JSON.stringify(
    ('task' in thing ? ['task', 'teacher', 'sample'] : ['by', 'name', 'from', 'to']).map(field =>
      Reflect.get(thing, field),
    ),
  )

test('every number of a comparison is the one that SQL finds in the Parquet', async () => {
  await using folder = await temporaryFolder()
  const [before, after] = [
    await writeExport(folder.path, rowsBy(1)),
    await writeExport(folder.path, rowsBy(2)),
  ]
  const comparison = await compared(before, after)
  expect(isComparison(comparison)).toMatchObject({ ok: true })
  const { fates, ...sql } = await reading<
    Record<string, unknown> & { fates: Record<'before' | 'after', object> }
  >('newest', 'changed_rows.py', before, after)
  const found = asSql({ rows: comparison.rows as RowComparison })
  // Nothing is compared that is not there.
  for (const count of [found.same, found.lost, found.gained, found.otherwise, found.saidTheSame])
    expect(count).toBeGreaterThan(3)
  for (const counts of [found.new, found.gone])
    expect(Math.min(counts.kept, counts.dropped)).toBeGreaterThan(0)
  expect(found.tasks).toMatchObject({ onlyBefore: ['only/1/38', 'only/1/39'], changed: ['task/0', 'task/1'] })
  expect(JSON.parse(JSON.stringify(found))).toEqual(sorted(sql))
  const funnel = (side: 'before' | 'after') =>
    Object.fromEntries(
      comparison.funnel.flatMap(({ what, [side]: count }) =>
        what[0] === 'trajectories' || !count ? [] : [[what[1] ?? what[0], count]],
      ),
    )
  expect({ before: funnel('before'), after: funnel('after') }).toEqual(fates)
})

const sorted = ({ groups, flips, rows, ...sql }: Record<string, unknown>) => ({
  ...sql,
  groups: (groups as object[]).toSorted(byName),
  flips: (flips as object[]).toSorted(byName),
  rows: (rows as object[]).toSorted(byName),
})

test('of a difference is said how often chance makes it, with tasks as trials', async () => {
  await using folder = await temporaryFolder()
  const two = (task: string, fates: string) =>
    [...fates].map((fate, sample): Given => ({ task, sample, fate: fate === '+' ? 'kept' : 'wrong' }))
  // Five tasks yield less and one more, and one as much as before by another sample.
  const changes: [before: string, after: string][] = [
    ...Array.from({ length: 5 }, (): [string, string] => ['++', '--']),
    ['--', '++'],
    ['+-', '-+'],
    ['++', '++'],
  ]
  const side = (at: 0 | 1) => changes.flatMap((fates, index) => two(`t${index}`, fates[at]))
  const { rows } = await compared(
    await writeExport(folder.path, side(0)),
    await writeExport(folder.path, side(1)),
  )
  const all = rows?.groups.find(({ by }) => by === 'all')
  expect(all).toMatchObject({ lost: 11, gained: 3, before: { rollouts: 16, kept: 13 }, after: { kept: 5 } })
  expect(all?.p).toBeCloseTo((2 * (1 + 6)) / 64, 12)
  // Newcombe's interval of two shares: 5 of 16 after 13 of 16.
  expect(all?.change?.estimate).toBeCloseTo(-0.5, 12)
  expect(all?.change).toMatchObject({ low: expect.closeTo(-0.7097, 4), high: expect.closeTo(-0.1563, 4) })
})
