import type { Screening } from '../../schemas/screening.ts'
import type { Prices } from '../../teachers/prices.ts'
import type { Run } from '../run.ts'
import { totalOf } from '../spend/usage-cost.ts'
import { type Again, type Piece, sumOf } from './work-again.ts'

/** Screenings of the same tasks by other screens, or of students who were asked otherwise. */
export async function screeningsAgain(
  missing: ReadonlyMap<string, string>,
  { config: { screens }, store }: Run,
  prices: Prices,
): Promise<Again> {
  const pieces = new Map<string, Piece>()
  const because = [`screens (${screens.map(({ name }) => name).join(', ')}) or what students are asked under`]
  if (missing.size > 0)
    for await (const { value } of store.scan<Screening>('screenings')) {
      const key = missing.get(value.task.id)
      if (key !== undefined)
        pieces.set(value.task.id, { key, usd: totalOf(value.used ?? [], prices).usd, because })
    }
  return sumOf('screening', pieces.values(), store)
}
