import { BudgetError } from '../errors.ts'

/** Money that calls share. What is spent and what is reserved never exceed the limit together. */
export interface Purse {
  /**
   * Set the worst case of a call aside. While others are being made it waits for what they leave over; it rejects with
   * BudgetError when none is and it still does not fit, and with the signal's reason when that is aborted. `call` is
   * the id of the call in the ledger.
   */
  reserve(usd: number, signal: AbortSignal, call: string): Promise<void>
  /** The call stands in the ledger. Rejects as `reserve` where what was set aside was lost meanwhile. */
  begun?(usd: number, signal: AbortSignal, call: string): Promise<void>
  /** A reserved call has ended, and cost this. */
  settle(reserved: number, cost: number, call: string): void
  /** A call that nothing was reserved for has cost this. */
  spend(cost: number): void
  spent(): number
}

interface Waiting {
  usd: number
  admit(): void
  refuse(error: Error): void
}

/** Says, of amounts in USD, that the next call does not fit any more. */
export type SaysUsedUp = (spent: number, next: number) => BudgetError

/** Amounts in USD; `spent` is what earlier calls cost. */
export function openPurse(limit: number, spent: number, usedUp: SaysUsedUp = budgetUsedUp(limit)): Purse {
  let reserved = 0
  let calls = 0
  let waiting: Waiting[] = []

  const fits = ({ usd }: Waiting) => spent + reserved + usd <= limit

  function admit(call: Waiting) {
    reserved += call.usd
    calls++
    call.admit()
  }

  function spend(cost: number) {
    spent += cost
    serve()
  }

  /** In order, so that a long conversation is not passed over for ever. */
  function serve() {
    for (let first = waiting[0]; first && (fits(first) || calls === 0); first = waiting[0]) {
      waiting.shift()
      if (fits(first)) admit(first)
      else first.refuse(usedUp(spent, first.usd))
    }
  }

  return {
    reserve(usd, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const call: Waiting = { usd, admit: resolve, refuse: reject }
      const give = () => {
        waiting = waiting.filter(other => other !== call)
        reject(signal.reason)
        serve()
      }
      if (signal.aborted) return Promise.reject(signal.reason)
      signal.addEventListener('abort', give, { once: true })
      waiting.push(call)
      serve()
      return promise.finally(() => signal.removeEventListener('abort', give))
    },
    settle(usd, cost) {
      calls--
      // Sums of fractions leave a rest where there is none.
      reserved = calls === 0 ? 0 : reserved - usd
      spend(cost)
    },
    spend,
    spent: () => spent,
  }
}

export const budgetUsedUp =
  (limit: number): SaysUsedUp =>
  (spent, next) =>
    new BudgetError(
      `the budget of ${dollars(limit)} is used up: ${dollars(spent)} are spent and the next call could cost ${dollars(next)}; ` +
        'raise limits.budgetUsd and run again to go on, or `kindling curate` to export what is there',
    )

/** The same of what a command may spend, where so much was spent `before` it. */
export const maxCostUsedUp =
  (most: number, before: number): SaysUsedUp =>
  (spent, next) =>
    new BudgetError(
      `--max-cost ${most} is used up: ${dollars(spent - before)} were spent now and the next call could cost ${dollars(next)}; ` +
        'the same command goes on from there, or `kindling curate` exports what is there',
    )

/** As people write it; small amounts keep two figures. */
export const dollars = (usd: number): string =>
  `$${usd === 0 || usd >= 0.1 ? usd.toFixed(2) : Number(usd.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(usd))))}`
