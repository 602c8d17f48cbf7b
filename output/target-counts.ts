import { arrowBytes } from './arrow-bytes.ts'
import type { ParquetRow } from './columns.ts'
import { type AnyExport, decline, type Held, type Projected } from './export.ts'
import { type LengthCounter, lengthOf } from './length/counter.ts'
import { lengthTally, type Totals } from './length/totals.ts'

export interface TargetCounts {
  rows: number
  /** Rows in which a text that would have been read as structure was changed. */
  altered: number
  images: number
  /** Rows that say something else than their trajectory in some way, by that way; left out where there are none. */
  changed?: Record<string, number>
  /** Trajectories, tasks or text rows that this target cannot say, by reason. */
  declined: Record<string, number>
  /** How long its rows are, where they say of what a trainer makes tokens. */
  tokens?: Omit<Totals, 'rows'>
}

type Kept = Extract<Projected, { keep: true }>

/** Counts what becomes a row of a target, or why it is none. */
export function targetCounter(
  { maxTokens, schema }: Pick<AnyExport, 'maxTokens' | 'schema'>,
  counter: LengthCounter,
) {
  const counts: TargetCounts = { rows: 0, altered: 0, images: 0, declined: {} }
  const tally = lengthTally(counter)
  let bytes = 0
  const totals = () => tally.totals(counts.rows)

  function bounded(projected: Projected): Projected {
    if (!projected.keep || !projected.held?.length) return projected
    const tokens = lengthOf(projected.held.length, counter)
    if (maxTokens !== undefined && tokens > maxTokens) return decline('too_long', `${tokens} tokens`)
    tally.add(tokens)
    return projected
  }

  return {
    totals,
    /** Bytes of its rows in Arrow's memory; 0 where they are no columns. */
    arrowBytes: () => Math.ceil(bytes),
    accepts(projected: Projected): projected is Kept {
      const kept = bounded(projected)
      if (kept.keep) {
        count(counts, { ...heldIn(kept.row), ...kept.held })
        bytes += schema ? arrowBytes(schema, kept.row) : 0
        for (const way of kept.held?.changed ?? []) counts.changed = oneMore(counts.changed ?? {}, way)
      } else counts.declined = oneMore(counts.declined, kept.reason)
      return kept.keep
    },
    counts(): TargetCounts {
      const { rows: _, ...tokens } = totals()
      return tokens.longest === 0 ? counts : { ...counts, tokens }
    },
  }
}
export type TargetCounter = ReturnType<typeof targetCounter>

const oneMore = (counts: Record<string, number>, name: string) => ({
  ...counts,
  [name]: (counts[name] ?? 0) + 1,
})

function count(counts: TargetCounts, { altered, images }: Required<Pick<Held, 'altered' | 'images'>>): void {
  counts.rows++
  if (altered) counts.altered++
  counts.images += images
}

const heldIn = ({ altered, images }: ParquetRow) => ({
  altered: altered === true,
  images: Array.isArray(images) ? images.length : 0,
})
