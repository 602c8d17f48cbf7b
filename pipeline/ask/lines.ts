import type { Limiter, Rate } from '../../store/limiter.ts'
import type { TeacherLimits } from '../../teachers/teacher.ts'
import { type CallQueue, callQueue } from './call-queue.ts'
import type { Place, Question } from './question.ts'

/** Where calls to a place wait for their turn, with the limits it has and what was learned of it. */
export interface Line {
  queue: CallQueue
  /** Why nobody is asked there any more. */
  dropped?: Error
  /** Ask once, when it is this call's turn; `again` before those that were never let through. */
  ask<Answer>(
    question: Question<Answer>,
    place: Place<Answer>,
    again: boolean,
    signal: AbortSignal,
  ): Promise<Answer>
}

/** Gives the line of a place, the same one each time. */
export function openLines(limiter: Limiter | undefined): (place: Place<unknown>) => Line {
  const lines = new Map<unknown, Line>()
  return place => {
    const line = lines.get(place.line) ?? openLine(place, limiter)
    lines.set(place.line, line)
    return line
  }
}

type Wanted = 'requests' | 'tokens'

function openLine({ account, limits = {} }: Place<unknown>, limiter: Limiter | undefined): Line {
  const rates = limiter ? ratesOf(limits) : {}
  const key = (kind: Wanted) => `${account()}/${kind}`
  const queue = callQueue(limits.concurrency ?? Number.POSITIVE_INFINITY, tokens => reserve(tokens))
  let usual: number | undefined

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

  function learn({ input, output }: { input: number; output: number }, guessed: number) {
    usual = usual === undefined ? output : usual + (output - usual) / 16
    settle(input + output - guessed)
  }

  async function timed<Answer>(
    { tokens, faultOf }: Question<Answer>,
    guessed: number,
    call: () => Promise<Answer>,
  ) {
    const began = performance.now()
    try {
      const answer = await call()
      queue.succeeded(performance.now() - began)
      if (tokens) learn(tokens.used(answer), guessed)
      return answer
    } catch (error) {
      const fault = faultOf(error)
      if (fault?.kind === 'refused') {
        queue.refused(began, fault.wait)
        settle(-guessed)
      }
      throw error
    }
  }

  const line: Line = {
    queue,
    async ask(question, place, again, signal) {
      const guessed = rates.tokens ? (question.tokens?.guess(usual) ?? 0) : 0
      await queue.enter(guessed, again, signal)
      try {
        if (line.dropped) throw line.dropped
        return await timed(question, guessed, () => place.call(signal))
      } finally {
        queue.leave()
      }
    },
  }
  return line
}

/** Providers watch a minute's rate by the second, so no more than half a second's worth is used at once. */
const steady = (perMinute: number): Rate => ({ perMinute, burst: Math.max(1, perMinute / 120) })

const ratesOf = ({ requestsPerMinute, tokensPerMinute }: TeacherLimits): Partial<Record<Wanted, Rate>> => ({
  ...(requestsPerMinute === undefined ? {} : { requests: steady(requestsPerMinute) }),
  ...(tokensPerMinute === undefined ? {} : { tokens: steady(tokensPerMinute) }),
})
