import type { Store } from '../../store/store.ts'
import { modelOf, type Prices, priceOf, readPrices } from '../../teachers/prices.ts'
import type { Funds } from '../../workers/shared-funds.ts'
import type { Spending } from '../ask.ts'
import { modelsOf, type Settings, servicesOf } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { partShare } from '../run-part.ts'
import { calls, costOf, hasEnded, namedCalls } from './ledger.ts'
import { noPrice, type Pay, payer } from './payment.ts'
import { budgetUsedUp, maxCostUsedUp, openPurse } from './purse.ts'
import { type SharedSpending, sharedPurse } from './shared-purse.ts'

type Asked = Pick<Settings, 'teachers' | 'checks' | 'screens' | 'tools'>

/**
 * The prices of a config. Throws ConfigError where it has a budget and a model or a service without a price, or a
 * teacher that is asked in batches: what a batch costs is known only when it is over.
 */
export async function pricesOf({ prices: path, limits, maxCostUsd, ...config }: Settings): Promise<Prices> {
  const prices = await readPrices(path)
  const limit = maxCostUsd !== undefined ? '--max-cost' : limits.budgetUsd !== undefined && 'limits.budgetUsd'
  const unheld = limit ? unheldBy(config, prices) : undefined
  if (unheld !== undefined) throw new ConfigError(`${limit}: ${unheld}`)
  return prices
}

/** What no budget could hold back. */
function unheldBy(config: Asked, prices: Prices): string | undefined {
  const batched = modelsOf(config).find(({ batch }) => batch)
  if (batched)
    return `${batched.name} is asked in batches, which no budget can hold back; leave out one of the two`
  const endless = modelsOf(config).find(each => each.endless && priceOf(prices, modelOf(each))?.output !== 0)
  if (endless)
    return `${endless.name} is not told how long a reply may be (\`maxTokensAs: 'none'\`), so no budget can hold it back`
  const [service] = unpricedServices(config)
  const [model] = unpricedModels(config, prices)
  if (service !== undefined) return noPrice({ service })
  return model === undefined ? undefined : noPrice({ model })
}

const unpricedModels = (config: Asked, prices: Prices): string[] => [
  ...new Set(
    modelsOf(config)
      .map(modelOf)
      .filter(model => !priceOf(prices, model)),
  ),
]

const unpricedServices = (config: Asked): string[] =>
  servicesOf(config).flatMap(({ name, usdPerCall }) => (usdPerCall === undefined ? [name] : []))

/** What a run has spent so far, and how its next calls are paid for. Throws as `pricesOf`. */
export async function openSpending(
  config: Settings,
  store: Store,
  shared?: SharedSpending,
): Promise<Spending & { pay: Pay; prices: Prices }> {
  const prices = await pricesOf(config)
  const unpriced = [...unpricedModels(config, prices), ...unpricedServices(config)]
  const before = shared?.limited === undefined ? await spentIn(store, prices) : 0
  const { limited, purse } = shared
    ? await sharedPurseOf(config, before, shared, () => ledgerFunds(store, prices))
    : purseOf(config, before)
  const known = (usd: number) => (unpriced.length > 0 ? null : usd)
  return {
    pay: payer({ store, prices, purse, limited }),
    prices,
    usd: () => known(purse.spent()),
    usdNow: () => known(purse.spent() - before),
    unpriced,
  }
}

async function spentIn(store: Store, prices: Prices): Promise<number> {
  let spent = 0
  for await (const call of calls(store)) spent += costOf(call, prices) ?? 0
  return spent
}

/** The same for a purse that is shared: a call of which nobody knows what it cost may still be under way somewhere. */
async function ledgerFunds(store: Store, prices: Prices): Promise<Funds> {
  let spent = 0
  const open: { id: string; usd: number }[] = []
  for await (const { id, call } of namedCalls(store)) {
    const usd = costOf(call, prices) ?? 0
    if (hasEnded(call) || usd === 0) spent += usd
    else open.push({ id, usd })
  }
  return { spent, open }
}

/** Whichever of the two limits is met first; a part has its share of each. */
function limitOf({ limits: { budgetUsd }, maxCostUsd, part }: Settings, before: number) {
  const held = (usd = Number.POSITIVE_INFINITY) => partShare(usd, part)
  const [budget, most] = [held(budgetUsd), held(maxCostUsd)]
  return before + most < budget
    ? { limit: before + most, usedUp: maxCostUsedUp(most, before) }
    : { limit: budget, usedUp: budgetUsedUp(budget) }
}

function purseOf(config: Settings, before: number) {
  const { limit, usedUp } = limitOf(config, before)
  return { limited: limit < Number.POSITIVE_INFINITY, purse: openPurse(limit, before, usedUp) }
}

/** A worker keeps to the limit that its leader has set. */
async function sharedPurseOf(
  config: Settings,
  before: number,
  { funds, limited, clock }: SharedSpending,
  read: () => Promise<Funds>,
) {
  const { limit, usedUp } = limitOf(config, before)
  const isLimited = limit < Number.POSITIVE_INFINITY
  funds.account(read)
  if (limited === undefined) await funds.limit(isLimited ? limit : null)
  return { limited: limited ?? isLimited, purse: sharedPurse(funds, usedUp, clock) }
}
