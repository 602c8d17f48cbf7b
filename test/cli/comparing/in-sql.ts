import type { Comparison, CountPair, RowComparison } from '../../../pipeline/compare/comparison.ts'
import { reading } from '../../readers.ts'

type Counts = Record<string, number>
type OfBoth<Value> = Record<'before' | 'after', Value>

/** What SQL counts by kind: rows by what became of them, facts by check, kept rows by category. */
export interface Kinds {
  fates: OfBoth<Counts>
  checks: OfBoth<Record<string, Counts>>
  categories: OfBoth<Counts>
}

/** Every number that SQL makes of the Parquet of two exports. */
export async function sqlOf(before: string, after: string) {
  const { fates, checks, categories, groups, flips, rows, ...others } = await reading<
    Kinds & Record<'groups' | 'flips' | 'rows', object[]> & Record<string, unknown>
  >('newest', 'changed_rows.py', before, after)
  const kinds: Kinds = { fates, checks, categories }
  const inOrder = {
    groups: groups.toSorted(byName),
    flips: flips.toSorted(byName),
    rows: rows.toSorted(byName),
  }
  return { kinds, rows: { ...others, ...inOrder } as Record<string, unknown> }
}

/** A comparison of rows in the shape in which SQL gives it. */
export const inSql = (rows: RowComparison) =>
  JSON.parse(
    JSON.stringify({
      ...rows,
      answers: {
        both: rows.answers.both,
        changed: rows.answers.changed.map(({ from: _, to: __, ...each }) => each),
      },
      groups: rows.groups.map(groupInSql).sort(byName),
      siblings: { before: siblingsOn('before', rows), after: siblingsOn('after', rows) },
      flips: flipsInSql(rows),
      rows: rows.rows.map(({ because: _, anew: __, detail: ___, ...row }) => row).sort(byName),
    }),
  )

/** A sum of fractions is as exact as its last digits. */
const rounded = (value: number | null) => (value === null ? null : Math.round(value * 1e9) / 1e9)

const groupInSql = ({ p, change, before, after, ...group }: RowComparison['groups'][number]) => ({
  ...group,
  p: rounded(p),
  change: change && Object.fromEntries(Object.entries(change).map(([name, value]) => [name, rounded(value)])),
  before: { ...before, usd: undefined },
  after: { ...after, usd: undefined },
})

const siblingsOn = (side: 'before' | 'after', { siblings }: RowComparison) =>
  Object.fromEntries(siblings.map(each => [each.teacher, each[side]]))

const flipsInSql = ({ flips }: RowComparison) =>
  Object.values(Object.groupBy(flips, ({ from, to }) => `${from} ${to}`))
    .map((same = []) => ({
      from: same[0]?.from,
      to: same[0]?.to,
      count: same.reduce((sum, { count }) => sum + count, 0),
    }))
    .sort(byName)

/** In the order of what names them: rows, or groups and flips. */
const byName = (a: object, b: object) => (nameIn(a) < nameIn(b) ? -1 : 1)
const nameIn = (thing: object) =>
  JSON.stringify(
    ('task' in thing ? ['task', 'teacher', 'sample'] : ['by', 'name', 'from', 'to']).map(field =>
      Reflect.get(thing, field),
    ),
  )

/** What a comparison says differs, of the kinds that SQL counts, by name. */
export const unlikeKinds = ({ funnel, counts }: Comparison) =>
  Object.fromEntries(
    [...funnel.filter(isFate).map(ofFate), ...counts.filter(isCounted)]
      .filter(({ before, after }) => before !== after)
      .map(({ what, before, after }) => [what.join(' '), { before, after }]),
  )

const isFate = ({ what: [stage = ''] }: CountPair) => ['kept', 'dropped'].includes(stage)
const ofFate = ({ what, ...pair }: CountPair) => ({ ...pair, what: ['fates', what[1] ?? 'kept'] })
const isCounted = ({ what: [section = ''] }: CountPair) => ['checks', 'categories'].includes(section)

/** The same as SQL has it. */
export function unlikeInSql({ fates, checks, categories }: Kinds): Record<string, OfBoth<number>> {
  const sides = {
    before: flat({ fates: fates.before, checks: checks.before, categories: categories.before }),
    after: flat({ fates: fates.after, checks: checks.after, categories: categories.after }),
  }
  const names = [...new Set([...sides.before.keys(), ...sides.after.keys()])]
  const pairs = names.map(name => {
    const [before, after] = [sides.before.get(name) ?? 0, sides.after.get(name) ?? 0]
    return [name, { before, after }] as const
  })
  return Object.fromEntries(pairs.filter(([, { before, after }]) => before !== after))
}

/** Every number in something, by its path. */
export function flat(value: unknown, path: readonly string[] = []): Map<string, number> {
  if (typeof value === 'number') return new Map([[path.join(' '), value]])
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).flatMap(([name, part]) => [...flat(part, [...path, name])]))
}
