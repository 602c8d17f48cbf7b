import type { ReplyUse, Usage } from '../../schemas/reply-use.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { modelOf, type Prices, priceOf, usdOf } from '../../teachers/prices.ts'
import { imagesSent } from './worst-case.ts'

/** What something used. */
export interface Used {
  /** Null where a model has no price. */
  usd: number | null
  input: number
  output: number
}

export const plusUsed = (a: Used, b: Used, sign = 1): Used => ({
  usd: plusUsd(a.usd, b.usd, sign),
  input: a.input + sign * b.input,
  output: a.output + sign * b.output,
})

export const plusUsage = (a: Usage, b: Usage, sign = 1): Usage => ({
  input: a.input + sign * b.input,
  output: a.output + sign * b.output,
  cached: a.cached + sign * b.cached,
  reasoning: a.reasoning + sign * b.reasoning,
  cacheWrite: (a.cacheWrite ?? 0) + sign * (b.cacheWrite ?? 0),
})

/** A sum of USD is not known where a part of it is not. */
export const plusUsd = (a: number | null, b: number | null, sign = 1): number | null =>
  a === null || b === null ? null : a + sign * b

/** The use of each reply of a rollout, without its searches and the questions of checks about it. */
export const usesOf = ({ teacher, question, turns }: Trajectory): ReplyUse[] =>
  turns.map(({ reply: { usage } }, index) => ({
    model: modelOf(teacher),
    usage,
    images: imagesSent({ question, turns: turns.slice(0, index) }),
  }))

/** The sum of them. */
export const usedBy = (trajectory: Trajectory, prices: Prices): Used => totalOf(usesOf(trajectory), prices)

export const totalOf = (uses: readonly ReplyUse[], prices: Prices): Used =>
  uses.reduce((used, use) => plusUsed(used, { usd: usdOfUse(use, prices), ...use.usage }), {
    usd: 0,
    input: 0,
    output: 0,
  } as Used)

/** What a reply cost, in USD; null where its model has no price. */
export function usdOfUse({ model, usage, images }: ReplyUse, prices: Prices): number | null {
  const price = priceOf(prices, model)
  return price ? usdOf({ usage, images }, price) : null
}
