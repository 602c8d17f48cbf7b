import { grouped } from '../../pipeline/decide/funnel.ts'
import { calls, costOf, type ModelCall } from '../../pipeline/spend/ledger.ts'
import { dollars } from '../../pipeline/spend/purse.ts'
import { plusUsd } from '../../pipeline/spend/usage-cost.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { table } from '../printed-table.ts'

/** What calls cost, also those whose reply is in no row. */
export interface Cost {
  calls: number
  /** Calls whose use is not known, because they broke off or nobody counted: they may have been charged. */
  unknown: number
  /** The most that those can have cost, which is a part of `usd`; null where a model has no price. */
  unknownUsd: number | null
  usage: Required<Usage>
  /** Images sent. */
  images: number
  /** Null where a model has no price. */
  usd: number | null
}

/** What calls of a service cost. */
type ServiceCost = Pick<Cost, 'calls' | 'unknown' | 'unknownUsd' | 'usd'>

export interface Costs {
  /** Calls and tokens of teachers, and the USD of both. */
  total: Cost
  teachers: Record<string, Cost>
  services: Record<string, ServiceCost>
  /** USD for each row that was kept; null where no row was, or a model has no price. */
  perKept: number | null
}

/** Add up what a run has cost, at these prices. */
export async function costsOf(store: Store, prices: Prices, kept: number): Promise<Costs> {
  const total = noCost()
  const teachers = grouped(noCost)
  const services = grouped((): ServiceCost => ({ calls: 0, unknown: 0, unknownUsd: 0, usd: 0 }))
  for await (const call of calls(store)) {
    const usd = costOf(call, prices)
    if ('service' in call) {
      total.usd = plusUsd(total.usd, usd)
      addCall(services.of(call.service), call.ended === true, usd)
      continue
    }
    for (const cost of [total, teachers.of(call.teacher)]) {
      addCall(cost, call.usage !== undefined, usd)
      addUse(cost, call)
    }
  }
  return {
    total,
    teachers: teachers.all(),
    services: services.all(),
    perKept: total.usd !== null && kept > 0 ? total.usd / kept : null,
  }
}

const noCost = (): Cost => ({
  calls: 0,
  unknown: 0,
  unknownUsd: 0,
  usage: { input: 0, output: 0, cached: 0, reasoning: 0, cacheWrite: 0 },
  images: 0,
  usd: 0,
})

function addCall(cost: ServiceCost, known: boolean, usd: number | null) {
  cost.calls++
  cost.usd = plusUsd(cost.usd, usd)
  if (known) return
  cost.unknown++
  cost.unknownUsd = plusUsd(cost.unknownUsd, usd)
}

function addUse(cost: Cost, { usage, images }: ModelCall) {
  cost.images += images
  for (const field of ['input', 'output', 'cached', 'reasoning', 'cacheWrite'] as const)
    cost.usage[field] += usage?.[field] ?? 0
}

/** The same for a person. */
export function printCosts({ total, teachers, services, perKept }: Costs): string {
  const rows = Object.entries(teachers).map(([name, cost]) => [name, ...columns(cost)])
  const searches = Object.entries(services).map(([name, cost]) => [name, ...firstColumns(cost)])
  const perRow = perKept === null ? [] : [['per kept row', dollars(perKept)]]
  return table([...(rows.length > 1 ? rows : []), ...searches, ['total', ...columns(total)], ...perRow])
}

/** Money for a person. */
export const money = (usd: number | null): string => (usd === null ? 'no price' : dollars(usd))

const firstColumns = (cost: ServiceCost): string[] => [
  money(cost.usd),
  `${cost.calls} calls${cost.unknown > 0 ? ` (${brokenOff(cost)})` : ''}`,
]

const brokenOff = ({ unknown, unknownUsd }: ServiceCost) =>
  `${unknown} broke off or were not counted, and may have been charged${unknownUsd ? `: ${dollars(unknownUsd)} at most` : ''}`

function columns(cost: Cost): string[] {
  const { usage, images } = cost
  const { input, output, cached, cacheWrite, reasoning } = usage
  const written = cacheWrite > 0 ? `, ${cacheWrite} written to cache` : ''
  return [
    ...firstColumns(cost),
    `${input} tokens in (${cached} cached${written})`,
    `${output} out (${reasoning} reasoning)`,
    `${images} images`,
  ]
}
