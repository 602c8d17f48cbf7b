import Type, { type Static } from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { closed, count, factory, shareAbove0 } from '../schemas/options.ts'
import { Selector } from './selector.ts'
import { beyond, Choice, countStrata, needsOf, strataOptions } from './strata/strata.ts'

export const MixOptions = closed({
  ...Choice.properties,
  /** Each stratum's share of the rows, above 0; together 1. */
  shares: Type.Record(Type.String(), shareAbove0),
  /** Rows in all, at most. */
  total: Type.Optional(count),
})
export type MixOptions = Static<typeof MixOptions>

/** How far shares may be from 1 together: people round them. */
const slack = 0.005

/** Keeps the largest set of rows in which each stratum has its share. Rows of strata without a share are dropped. */
export const mix = factory(Selector, 'mix', MixOptions, ({ by, shares, total, prefer = [], seed = 0 }) => {
  refuseShares(shares)
  return {
    name: 'mix',
    version: 1,
    options: {
      by: strataOptions(by),
      shares,
      ...(total === undefined ? {} : { total }),
      prefer: [...prefer],
      seed,
    },
    needs: needsOf(by),
    async *select(rows, workspace) {
      const there = await countStrata(rows, { by, prefer, seed }, workspace)
      const places = placesOf(shares, there, total)
      for (const stratum of Object.keys(shares))
        workspace.note({
          about: stratum,
          counts: { there: there.get(stratum) ?? 0, kept: places.get(stratum) ?? 0 },
          examples: [],
        })
      yield* beyond(
        workspace,
        stratum => places.get(stratum) ?? 0,
        stratum =>
          places.has(stratum)
            ? { reason: 'beyond_share', detail: `${places.get(stratum)} rows of ${stratum} are its share` }
            : { reason: 'no_share', detail: `${stratum} has no share of the mix` },
      )
    },
  }
})

/** The rows of each stratum in the largest set that keeps the shares. */
export function placesOf(
  shares: Readonly<Record<string, number>>,
  there: ReadonlyMap<string, number>,
  total = Number.POSITIVE_INFINITY,
): Map<string, number> {
  const most = Object.entries(shares).map(([stratum, share]) => (there.get(stratum) ?? 0) / share)
  const size = Math.min(total, ...most)
  // A whole number may come out a hair below itself.
  return new Map(Object.entries(shares).map(([stratum, share]) => [stratum, Math.floor(size * share + 1e-6)]))
}

function refuseShares(shares: Record<string, number>) {
  const sum = Object.values(shares).reduce((a, b) => a + b, 0)
  if (Math.abs(sum - 1) > slack)
    throw new InputError([`mix: the shares are ${Number(sum.toFixed(3))} together; make them 1`])
}
