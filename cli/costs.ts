import { dollars } from '../pipeline/budget.ts'
import { type Call, calls, costOf } from '../pipeline/ledger.ts'
import type { Usage } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import type { Prices } from '../teachers/prices.ts'
import { table } from './stats.ts'

/** What calls cost, also those whose reply is in no row. */
export interface Cost {
  calls: number
  /** Calls whose use is not known, because they broke off: with a budget they count as the worst they can have cost. */
  unknown: number
  usage: Required<Usage>
  /** Images sent. */
  images: number
  /** Null where a model has no price. */
  usd: number | null
}

export interface Costs {
  total: Cost
  teachers: Record<string, Cost>
  /** USD for each row that was kept; null where no row was, or a model has no price. */
  perKept: number | null
}

/** Add up what a run has cost, at these prices. */
export async function costsOf(store: Store, prices: Prices, kept: number): Promise<Costs> {
  const total = noCost()
  const teachers = new Map<string, Cost>()
  for await (const call of calls(store)) {
    const own = teachers.get(call.teacher) ?? noCost()
    teachers.set(call.teacher, own)
    for (const cost of [total, own]) add(cost, call, costOf(call, prices))
  }
  return {
    total,
    teachers: Object.fromEntries([...teachers].sort(([a], [b]) => (a < b ? -1 : 1))),
    perKept: total.usd !== null && kept > 0 ? total.usd / kept : null,
  }
}

const noCost = (): Cost => ({
  calls: 0,
  unknown: 0,
  usage: { input: 0, output: 0, cached: 0, reasoning: 0, cacheWrite: 0 },
  images: 0,
  usd: 0,
})

function add(cost: Cost, { usage, images }: Call, usd: number | null) {
  cost.calls++
  cost.images += images
  if (!usage) cost.unknown++
  for (const field of ['input', 'output', 'cached', 'reasoning', 'cacheWrite'] as const)
    cost.usage[field] += usage?.[field] ?? 0
  cost.usd = cost.usd === null || usd === null ? null : cost.usd + usd
}

/** The same for a person. */
export function printCosts({ total, teachers, perKept }: Costs): string {
  const rows = Object.entries(teachers).map(([name, cost]) => [name, ...columns(cost)])
  const perRow = perKept === null ? [] : [['per kept row', dollars(perKept)]]
  return table([...(rows.length > 1 ? rows : []), ['total', ...columns(total)], ...perRow])
}

function columns({ calls, unknown, usage, images, usd }: Cost): string[] {
  const { input, output, cached, cacheWrite, reasoning } = usage
  const written = cacheWrite > 0 ? `, ${cacheWrite} written to cache` : ''
  return [
    usd === null ? 'no price' : dollars(usd),
    `${calls} calls${unknown > 0 ? ` (${unknown} broke off)` : ''}`,
    `${input} tokens in (${cached} cached${written})`,
    `${output} out (${reasoning} reasoning)`,
    `${images} images`,
  ]
}
