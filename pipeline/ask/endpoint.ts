import { hashOf } from '../../schemas/hash.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import type { Limiter, Rate } from '../../store/limiter.ts'
import {
  type Teacher,
  TeacherError,
  type TeacherLimits,
  type TeacherRequest,
} from '../../teachers/teacher.ts'
import type { Ask } from './ask.ts'
import { type Gate, gate } from './call-queue.ts'
import { estimator } from './token-estimate.ts'

/** One key at one address, with the limits it has. */
export interface Endpoint {
  gate: Gate
  /** Why it is asked no more. */
  dropped?: TeacherError
  /** Ask once, when it is this call's turn. */
  ask(request: TeacherRequest, again: boolean, signal: AbortSignal): Promise<Reply>
}

type Wanted = 'requests' | 'tokens'

export function openEndpoint(teacher: Teacher, limiter: Limiter | undefined, next: Ask): Endpoint {
  const { limits = {}, name } = teacher
  const rates = limiter ? ratesOf(limits) : {}
  const key = (kind: Wanted) => `${limits.account ?? hashOf([name, teacher.options])}/${kind}`
  const expected = estimator()
  const turns = gate(limits.concurrency ?? Number.POSITIVE_INFINITY, tokens => reserve(tokens))

  function reserve(tokens: number): number {
    const wait = (kind: Wanted, cost: number) => {
      const rate = rates[kind]
      return rate && limiter ? limiter.reserve(key(kind), cost, rate) : 0
    }
    return Math.max(wait('requests', 1), wait('tokens', tokens))
  }

  function settle(delta: number) {
    if (rates.tokens) limiter?.settle(key('tokens'), delta, rates.tokens)
  }

  async function timed(request: TeacherRequest, tokens: number, signal: AbortSignal) {
    const began = performance.now()
    try {
      const reply = await next(teacher, request, signal)
      turns.succeeded(performance.now() - began)
      expected.learn(reply.usage)
      settle(reply.usage.input + reply.usage.output - tokens)
      return reply
    } catch (error) {
      if (error instanceof TeacherError && error.overloaded) {
        turns.refused(began, error.retryAfterMs)
        settle(-tokens)
      }
      throw error
    }
  }

  const endpoint: Endpoint = {
    gate: turns,
    async ask(request, again, signal) {
      const tokens = rates.tokens ? expected.of(request) : 0
      await turns.enter(tokens, again, signal)
      try {
        if (endpoint.dropped) throw endpoint.dropped
        return await timed(request, tokens, signal)
      } finally {
        turns.leave()
      }
    },
  }
  return endpoint
}

/** Providers watch a minute's rate by the second, so no more than half a second's worth is used at once. */
export const steady = (perMinute: number): Rate => ({ perMinute, burst: Math.max(1, perMinute / 120) })

const ratesOf = ({ requestsPerMinute, tokensPerMinute }: TeacherLimits): Partial<Record<Wanted, Rate>> => ({
  ...(requestsPerMinute === undefined ? {} : { requests: steady(requestsPerMinute) }),
  ...(tokensPerMinute === undefined ? {} : { tokens: steady(tokensPerMinute) }),
})
