import type { Reply, Usage } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { modelOf, type Price, type Prices, priceOf, readPrices, usdOf } from '../../teachers/prices.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'
import type { Ask } from '../ask/ask.ts'
import type { AskService } from '../ask/services.ts'
import { ConfigError, modelsOf, type Settings } from '../config.ts'
import { alongside, begin, calls, costOf, type ModelCall, settle, wasRefused } from './ledger.ts'
import { openPurse, type Purse } from './purse.ts'
import { payer, refuseUnpriced, unpricedServices } from './service-spending.ts'
import { imagesSent, worstUsd } from './worst-case.ts'

/** What a run spends. */
export interface Spending {
  /** Ask, and write down what it cost; with a budget, only what it has room for. */
  ask: Ask
  /** The same for one call of a service. */
  pay: AskService
  /** USD so far, over all processes that worked on this run; null where a model or a service has no price. */
  usd(): number | null
  /** Models and services without a price. */
  unpriced: string[]
}

/**
 * The prices of a config. Throws ConfigError where it has a budget and a model or a service without a price, or a teacher
 * that is asked in batches: what a batch costs is known only when it is over.
 */
export async function pricesOf({ prices: path, limits, ...config }: Settings): Promise<Prices> {
  const models = modelsOf(config)
  const batched = models.find(({ batch }) => batch)
  if (batched && limits.budgetUsd !== undefined) {
    throw new ConfigError(
      `limits.budgetUsd: ${batched.name} is asked in batches, which no budget can hold back; leave out one of the two`,
    )
  }
  const prices = await readPrices(path)
  if (limits.budgetUsd !== undefined) refuseUnpriced(config)
  const [model] = unpricedOf(models, prices)
  if (model === undefined || limits.budgetUsd === undefined) return prices
  throw new ConfigError(
    `limits.budgetUsd: the model ${model} has no price; name it in a price file of your own (\`prices\`, like teachers/prices.json)`,
  )
}

const unpricedOf = (teachers: readonly Teacher[], prices: Prices) => [
  ...new Set(teachers.map(modelOf).filter(model => !priceOf(prices, model))),
]

/** Keep account of what `next` is asked. Throws as `pricesOf`. */
export async function openSpending(config: Settings, store: Store, next: Ask): Promise<Spending> {
  const prices = await pricesOf(config)
  const unpriced = [...unpricedOf(modelsOf(config), prices), ...unpricedServices(config)]
  let before = 0
  for await (const call of calls(store)) before += costOf(call, prices) ?? 0
  const { budgetUsd } = config.limits
  const purse = openPurse(budgetUsd ?? Number.POSITIVE_INFINITY, before)
  const account: Account = { store, prices, purse, next }
  return {
    ask: budgetUsd === undefined ? counted(account) : budgeted(account),
    pay: payer({ store, purse, limited: budgetUsd !== undefined }),
    usd: () => (unpriced.length > 0 ? null : purse.spent()),
    unpriced,
  }
}

interface Account {
  store: Store
  prices: Prices
  purse: Purse
  next: Ask
}

/** Without a limit nothing is reserved: what a call used is written down with its reply. */
function counted({ store, prices, purse, next }: Account): Ask {
  return async (teacher, request, signal) => {
    const reply = await next(teacher, request, signal)
    const price = priceOf(prices, modelOf(teacher))
    const call = { ...callOf(teacher, request, price), ...used(reply) }
    purse.settle(0, costOf(call, prices) ?? 0)
    alongside(begin(store, call))
    return reply
  }
}

/**
 * The worst case is durable before the call is made and what it used after: what a killed process had begun stays
 * counted as the worst, because it may have been charged.
 */
function budgeted({ store, prices, purse, next }: Account): Ask {
  return async (teacher, request, signal) => {
    const price = priceOf(prices, modelOf(teacher))
    if (!price) throw new ConfigError(`the model ${modelOf(teacher)} has no price`)
    const call = callOf(teacher, request, price)
    const worst = call.worst ?? 0
    await purse.reserve(worst, signal)
    let cost = worst
    try {
      const id = await begin(store, call)
      const note = (usage: Usage, images: number) => {
        cost = usdOf({ usage, images }, price)
        alongside(settle(store, id, { usage, images }))
      }
      const reply = await next(teacher, request, signal).catch(error => {
        if (wasRefused(error)) note(nothing, 0)
        throw error
      })
      const { usage } = used(reply)
      if (usage) note(usage, call.images)
      return reply
    } finally {
      purse.settle(worst, cost)
    }
  }
}

const callOf = (teacher: Teacher, request: TeacherRequest, price: Price | undefined): ModelCall => ({
  teacher: teacher.name,
  model: modelOf(teacher),
  images: imagesSent(request),
  worst: price ? worstUsd(teacher, request, price) : null,
})

/** What is known of a call's use: nothing where the server does not count. */
const used = ({ usage }: Reply): { usage?: Usage } => (usage.input + usage.output > 0 ? { usage } : {})

const nothing: Usage = { input: 0, output: 0, cached: 0, reasoning: 0 }
