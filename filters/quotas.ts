import { InputError } from '../tasks/problem.ts'
import type { Quotas } from './selector.ts'
import { beyond, type Choice, countStrata, optionsOf, stratumOf, stratumOfTask } from './strata/strata.ts'

export interface QuotaOptions extends Choice {
  /** Rows that each stratum is to have. */
  counts: Record<string, number>
  /** What becomes of rows of other strata; they stay by default. */
  others?: 'keep' | 'drop'
}

/** Keep so many rows of each stratum, and no more. */
export function quotas({ by, counts, others = 'keep', prefer = [], seed = 0 }: QuotaOptions): Quotas {
  refuseCounts(counts)
  return {
    name: 'quotas',
    version: 1,
    options: { by: optionsOf(by), counts, others, prefer: [...prefer], seed },
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
}

function refuseCounts(counts: Record<string, number>) {
  const wrong = Object.entries(counts).find(([, count]) => !(Number.isSafeInteger(count) && count >= 0))
  if (wrong)
    throw new InputError([`quotas: counts.${wrong[0]} is ${wrong[1]}; give a whole number of rows from 0`])
}
