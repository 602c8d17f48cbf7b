import Type, { type Static } from 'typebox'
import { closed, factory, from0 } from '../schemas/options.ts'
import { Quotas } from './selector.ts'
import {
  beyond,
  Choice,
  countStrata,
  needsOf,
  strataOptions,
  stratumOf,
  stratumOfTask,
} from './strata/strata.ts'

export const QuotaOptions = closed({
  ...Choice.properties,
  /** Rows that each stratum is to have. */
  counts: Type.Record(Type.String(), from0),
  /** What becomes of rows of other strata; they stay by default. */
  others: Type.Optional(Type.Enum(['keep', 'drop'])),
})
export type QuotaOptions = Static<typeof QuotaOptions>

/** Keeps at most as many rows of each stratum as `counts` says. */
export const quotas = factory(Quotas, 'quotas', QuotaOptions, given => {
  const { by, counts, others = 'keep', prefer = [], seed = 0 } = given
  return {
    name: 'quotas',
    version: 1,
    options: { by: strataOptions(by), counts, others, prefer: [...prefer], seed },
    needs: needsOf(by),
    counts,
    others,
    stratumOf: row => stratumOf(row, by),
    stratumOfTask: task => stratumOfTask(task, by),
    async *select(rows, workspace) {
      const there = await countStrata(rows, { by, prefer, seed }, workspace)
      for (const [stratum, wanted] of Object.entries(counts))
        workspace.note({ about: stratum, counts: { wanted, there: there.get(stratum) ?? 0 }, examples: [] })
      const asked = (stratum: string) => (Object.hasOwn(counts, stratum) ? counts[stratum] : undefined)
      yield* beyond(
        workspace,
        stratum => asked(stratum) ?? (others === 'keep' ? undefined : 0),
        stratum =>
          asked(stratum) === undefined
            ? { reason: 'no_quota', detail: `${stratum} is not in the quotas` }
            : { reason: 'quota_full', detail: `${asked(stratum)} rows of ${stratum} stay` },
      )
    },
  }
})
