import type { Prices } from '../../teachers/prices.ts'
import type { Run } from '../run.ts'
import { totalOf } from '../spend/usage-cost.ts'
import type { MadeBefore } from './made-before.ts'
import type { Piece } from './work-again.ts'

/** Why a task that is not screened was before, by other screens or of students who were asked otherwise. */
export function screeningsAgain(made: MadeBefore, { config: { screens } }: Run, prices: Prices) {
  const because = [`screens (${screens.map(({ name }) => name).join(', ')}) or what students are asked under`]
  return async ({ task, key }: { task: string; key: string }): Promise<Piece | undefined> => {
    const before = (await made.screeningsOf(task)).at(-1)
    return before && { key, usd: totalOf(before.used ?? [], prices).usd, because }
  }
}
