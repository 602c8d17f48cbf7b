/** More names than this are not told apart: a column of texts may hold another one in each row. */
const most = 1000

/** Where the names are counted that are too many, or too rare to be drawn. */
export const others = '(others)'

/** Numbers by name. `empty` gives those of a new one; memory is bounded, however many names there are. */
export interface NameCounts<Counts> {
  of(name: string): Counts
  /** In the order in which they were first named. */
  all(): [name: string, Counts][]
}

export function tally<Counts>(empty: () => Counts): NameCounts<Counts> {
  const groups = new Map<string, Counts>()
  return {
    of(name) {
      const known = groups.get(name)
      if (known) return known
      const kept = groups.size < most ? name : others
      const group = groups.get(kept) ?? empty()
      groups.set(kept, group)
      return group
    },
    all: () => [...groups],
  }
}

/** Those with the most first, equals by name; beyond `most` of them the rest is added up as `(others)`. */
export function mostFirst<Counts extends Record<string, number>>(
  { all }: NameCounts<Counts>,
  size: (counts: Counts) => number,
  most = 16,
): [name: string, Counts][] {
  const isOthers = (name: string) => (name === others ? 1 : 0)
  const sorted = all().sort(
    ([a, one], [b, other]) => isOthers(a) - isOthers(b) || size(other) - size(one) || (a < b ? -1 : 1),
  )
  if (sorted.length <= most) return sorted
  const rest = sorted.slice(most - 1).map(([, counts]) => counts)
  return [...sorted.slice(0, most - 1), [others, rest.reduce(added)]]
}

const added = <Counts extends Record<string, number>>(one: Counts, other: Counts): Counts => ({
  ...one,
  ...Object.fromEntries(Object.keys(other).map(name => [name, (one[name] ?? 0) + (other[name] ?? 0)])),
})
