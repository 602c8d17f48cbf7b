import { decidedRows, notesOf } from '../pipeline/decide/decisions.ts'
import { screenedTasks } from '../pipeline/screen/screened-list.ts'
import { pricesIn } from '../pipeline/spend/kept-prices.ts'
import type { Store } from '../store/store.ts'
import { readPrices } from '../teachers/prices.ts'
import { type Costs, costsOf, printCosts } from './numbers/costs.ts'
import { printStats, type Stats, statsOf } from './numbers/stats.ts'

/** What a run holds. */
export interface Report extends Stats {
  costs: Costs
}

/** `prices` is a price file; without it the run's own counts. */
export async function reportOf(folder: string, store: Store, prices?: string): Promise<Report> {
  const known = await readPrices(prices ?? (await pricesIn(folder)))
  const stats = await statsOf(decidedRows(folder, store), {
    prices: known,
    tasks: screenedTasks(folder, store),
    notes: await notesOf(folder),
  })
  return { ...stats, costs: await costsOf(store, known, stats.funnel.kept) }
}

/** The same for a person. */
export const print = (report: Report) => `${printStats(report)}\n\nCost\n${printCosts(report.costs)}`
