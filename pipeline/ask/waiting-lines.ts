import type { Limiter, Rate } from '../../store/limiter.ts'
import { type CallQueue, callQueue } from './call-queue.ts'
import type { Clock } from './clock.ts'
import type { Endpoint, Inquiry } from './inquiry.ts'

/** Where calls to an endpoint wait for their turn, with the limits it has and what was learned of it. */
export interface WaitingLine {
  queue: CallQueue
  /** Why nobody is asked there any more. */
  dropped?: Error
  /** Make a call when it is its turn; `again` before those that were never let through. */
  ask<Answer>(
    inquiry: Inquiry<Answer>,
    call: () => Promise<Answer>,
    again: boolean,
    signal: AbortSignal,
  ): Promise<Answer>
}

/** Gives the line of an endpoint, the same one each time. */
export function openLines(
  limiter: Limiter | undefined,
  clock: Clock,
): (endpoint: Endpoint<unknown>) => WaitingLine {
  const lines = new Map<unknown, WaitingLine>()
  return endpoint => {
    const line = lines.get(endpoint.line) ?? openLine(endpoint, limiter, clock)
    lines.set(endpoint.line, line)
    return line
  }
}

function openLine(endpoint: Endpoint<unknown>, limiter: Limiter | undefined, clock: Clock): WaitingLine {
  const rates = ratesOf(endpoint, limiter)
  const queue = callQueue(endpoint.limits?.concurrency ?? Number.POSITIVE_INFINITY, rates.reserve, clock)
  let usual: number | undefined

  function learn({ input, output }: { input: number; output: number }, guessed: number) {
    usual = usual === undefined ? output : usual + (output - usual) / 16
    rates.settle(input + output - guessed)
  }

  async function timed<Answer>(inquiry: Inquiry<Answer>, guessed: number, call: () => Promise<Answer>) {
    const { tokens, faultOf } = inquiry
    const began = clock.now()
    try {
      const answer = await call()
      queue.succeeded(clock.now() - began)
      if (tokens) learn(tokens.used(answer), guessed)
      return answer
    } catch (error) {
      const fault = faultOf(error)
      if (fault?.kind === 'paused') queue.succeeded(clock.now() - began)
      if (fault?.kind === 'refused') {
        queue.refused(began, fault.wait)
        rates.settle(-guessed)
      }
      throw error
    }
  }

  const line: WaitingLine = {
    queue,
    async ask(inquiry, call, again, signal) {
      const guessed = rates.countTokens ? (inquiry.tokens?.guess(usual) ?? 0) : 0
      await queue.enter(guessed, again, signal)
      try {
        if (line.dropped) throw line.dropped
        return await timed(inquiry, guessed, call)
      } finally {
        queue.leave()
      }
    },
  }
  return line
}

/** The rates of an endpoint, which all processes keep together. */
function ratesOf({ account, limits = {} }: Endpoint<unknown>, limiter: Limiter | undefined) {
  const { requestsPerMinute, tokensPerMinute } = limiter ? limits : {}
  const reserve = (kind: string, cost: number, perMinute: number | undefined) =>
    limiter && perMinute !== undefined ? limiter.reserve(`${account()}/${kind}`, cost, steady(perMinute)) : 0
  return {
    countTokens: tokensPerMinute !== undefined,
    /** Gives the milliseconds until a call may be made. */
    reserve: (tokens: number): number | Promise<number> =>
      longest(reserve('requests', 1, requestsPerMinute), reserve('tokens', tokens, tokensPerMinute)),
    /** A call used so many tokens more than were reserved, or fewer. */
    settle(delta: number) {
      // What could not be told is a share of a rate that is not used.
      if (tokensPerMinute !== undefined)
        void (async () => limiter?.settle(`${account()}/tokens`, delta, steady(tokensPerMinute)))().catch(
          () => {},
        )
    },
  }
}

type Wait = number | Promise<number>

const longest = (one: Wait, other: Wait): Wait =>
  typeof one === 'number' && typeof other === 'number'
    ? Math.max(one, other)
    : Promise.all([one, other]).then(waits => Math.max(...waits))

/** Providers watch a minute's rate by the second, so no more than half a second's worth is used at once. */
const steady = (perMinute: number): Rate => ({ perMinute, burst: Math.max(1, perMinute / 120) })
