import type { LengthCounter } from './counter.ts'
import type { Family, Pixels } from './family.ts'

/** How long the rows of a target are, in tokens; 0 where it measured none. */
export interface Totals {
  /** All rows of the target. */
  rows: number
  longest: number
  /** What 95 of 100 rows do not exceed. */
  p95: number
  median: number
  /** Whether texts were counted by the student's own tokenizer. */
  exact: boolean
  /** What counted. */
  counter: string
  /** The family of models that was counted for. */
  family: Family
  /** The pixels between which each picture was counted as scaled. */
  pixels: Pixels
}

/** A cutoff for a trainer that scales pictures a little differently: a trainer reserves nothing for it. */
export const cutoffOf = ({ longest }: Pick<Totals, 'longest'>): number =>
  Math.ceil((longest * 1.02 + 1) / 256) * 256

/** Gathers lengths. It holds a number for each length that there is, so all that it says is exact. */
export function lengthTally({ exact, name, family, pixels }: LengthCounter) {
  const rowsOf = new Map<number, number>()
  return {
    add(length: number) {
      rowsOf.set(length, (rowsOf.get(length) ?? 0) + 1)
    },
    totals(rows: number): Totals {
      const sorted = [...rowsOf].sort(([one], [other]) => one - other)
      const at = (share: number) => quantile(sorted, share)
      return { rows, longest: at(1), p95: at(0.95), median: at(0.5), exact, counter: name, family, pixels }
    },
  }
}

/** The least length that at least this share of the rows does not exceed. */
function quantile(sorted: readonly (readonly [length: number, rows: number])[], share: number): number {
  const all = sorted.reduce((sum, [, rows]) => sum + rows, 0)
  let passed = 0
  for (const [length, rows] of sorted) {
    passed += rows
    if (passed >= all * share) return length
  }
  return 0
}
