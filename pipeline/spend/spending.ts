import type { Store } from '../../store/store.ts'
import { modelOf, type Prices, priceOf, readPrices } from '../../teachers/prices.ts'
import type { Spending } from '../ask.ts'
import { modelsOf, type Settings, servicesOf } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { calls, costOf } from './ledger.ts'
import { noPrice, type Pay, payer } from './payment.ts'
import { maxCostUsedUp, openPurse } from './purse.ts'

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
): Promise<Spending & { pay: Pay; prices: Prices }> {
  const prices = await pricesOf(config)
  const unpriced = [...unpricedModels(config, prices), ...unpricedServices(config)]
  let before = 0
  for await (const call of calls(store)) before += costOf(call, prices) ?? 0
  const { limited, purse } = purseOf(config, before)
  const known = (usd: number) => (unpriced.length > 0 ? null : usd)
  return {
    pay: payer({ store, prices, purse, limited }),
    prices,
    usd: () => known(purse.spent()),
    usdNow: () => known(purse.spent() - before),
    unpriced,
  }
}

/** Holds to whichever of the two limits is met first. */
function purseOf({ limits: { budgetUsd }, maxCostUsd }: Settings, before: number) {
  const [budget, most] = [budgetUsd ?? Number.POSITIVE_INFINITY, maxCostUsd ?? Number.POSITIVE_INFINITY]
  const limited = Math.min(budget, most) < Number.POSITIVE_INFINITY
  const purse =
    before + most < budget
      ? openPurse(before + most, before, maxCostUsedUp(most, before))
      : openPurse(budget, before)
  return { limited, purse }
}
