import { join } from 'node:path'
import { type Yield, yieldsIn, yieldText } from '../output/yields.ts'
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
  /** Of the export that is shown. */
  targets: Yield[]
}

/** `prices` is a price file; without it the run's own counts. */
export async function reportOf(folder: string, store: Store, prices?: string): Promise<Report> {
  const known = await readPrices(prices ?? (await pricesIn(folder)))
  const stats = await statsOf(decidedRows(folder, store), {
    prices: known,
    tasks: screenedTasks(folder, store),
    notes: await notesOf(folder),
  })
  const targets = await yieldsIn(join(folder, 'export'))
  return { ...stats, costs: await costsOf(store, known, stats.funnel.kept), targets }
}

/** The same for a person. */
export const print = ({ costs, targets, ...stats }: Report) =>
  `${printStats(stats)}\n\nCost\n${printCosts(costs)}${printTargets(targets)}`

const printTargets = (targets: readonly Yield[]) =>
  targets.length === 0
    ? ''
    : `\n\nExport, rows by target\n${targets.map(each => `  ${yieldText(each)}`).join('\n')}`
