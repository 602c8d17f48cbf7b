import { expect, test } from 'vitest'
import { Comparison, type RowComparison } from '../../../pipeline/compare/comparison.ts'
import { hashOf } from '../../../schemas/hash.ts'
import { validator } from '../../../schemas/validate.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { compared, type Given, writeExport } from './exports.ts'
import { inSql, sqlOf, unlikeInSql, unlikeKinds } from './in-sql.ts'

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
      picture: index >= 8 && index < 12 ? `drawn ${seed}` : 'drawn',
      question: index < 4 ? `How wide is it, said ${seed}?` : 'How wide is it?',
      generation: seed,
    }
  })
  return rows.filter(() => draw(10) > 0)
}

test('every number of a comparison is the one that SQL finds in the Parquet', async () => {
  await using folder = await temporaryFolder()
  const [before, after] = [
    await writeExport(folder.path, rowsBy(1)),
    await writeExport(folder.path, rowsBy(2)),
  ]
  const comparison = await compared(before, after)
  expect(isComparison(comparison)).toMatchObject({ ok: true })
  const sql = await sqlOf(before, after)
  const found = inSql(comparison.rows as RowComparison)
  // Nothing is compared that is not there.
  for (const count of [found.same, found.lost, found.gained, found.otherwise, found.saidTheSame])
    expect(count).toBeGreaterThan(3)
  for (const counts of [found.new, found.gone])
    expect(Math.min(counts.kept, counts.dropped)).toBeGreaterThan(0)
  expect(found.tasks).toMatchObject({
    onlyBefore: ['only/1/38', 'only/1/39'],
    changed: ['task/0', 'task/1', 'task/2'],
  })
  expect(found).toEqual(sql.rows)
  expect(unlikeKinds(comparison)).toEqual(unlikeInSql(sql.kinds))
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
