import { expect, test } from 'vitest'
import { serviceAdapter } from '../../../pipeline/ask/ask-service.ts'
import { teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { tries } from '../../../pipeline/ask/asker.ts'
import type { Inquiry } from '../../../pipeline/ask/inquiry.ts'
import { type CallRecord, calls } from '../../../pipeline/spend/ledger.ts'
import { payer } from '../../../pipeline/spend/payment.ts'
import { openPurse } from '../../../pipeline/spend/purse.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Prices } from '../../../teachers/prices.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { ServiceError } from '../../../tools/service.ts'
import { question as request } from '../../conformance/teacher.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { scripted } from '../scripted.ts'

const { signal } = new AbortController()

/** One USD for each token. */
const rates = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e6 }
const free = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }
const pricesOf = (price: typeof rates): Prices => [
  [{ models: ['scripted'], date: '2026-01-01', source: 'test', ...price }],
]
const usage = { input: 60, output: 40, cached: 0, reasoning: 0 }

/** What a failed call says of itself: with a status it was refused, without one it broke off. */
type Failure = { status?: number }

/** A question whose first call fails so. */
type Asks = (failure: Failure) => Inquiry<unknown>

const model =
  (prices: Prices): Asks =>
  failure => {
    let first = true
    const teacher = scripted(() => {
      if (!first) return { usage }
      first = false
      throw new TeacherError('no', {
        fatal: false,
        transient: true,
        cause: Object.assign(new Error(), failure),
      })
    })
    return teacherAdapter(prices).inquiryOf(teacher, request())
  }

const service =
  (usdPerCall: number): Asks =>
  failure => {
    let first = true
    const call = async () => {
      if (first) {
        first = false
        throw new ServiceError('no', { transient: true, ...failure })
      }
    }
    return serviceAdapter().inquiryOf({ name: 'engine', options: {}, usdPerCall }, { query: {}, call })
  }

/** Ask, and tell what was put down and spent; `before` is what was spent of the budget already. */
async function asked(question: Inquiry<unknown>, prices: Prices, budget: number, before = 0) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const purse = openPurse(budget, before)
  const pay = payer({ store, prices, purse, limited: budget !== unlimited })
  await tries({ pay, backoff: 1 })(question, signal)
  // What was used is durable with the answer.
  await store.put('replies', 'it', true)
  return { calls: await Array.fromAsync(calls(store)), spent: purse.spent() }
}

const unlimited = Number.POSITIVE_INFINITY
const refused = { status: 500 }
const gaveUp = { status: 504 }
const brokeOff = {}

const isOpen = (call: CallRecord) => ('service' in call ? !call.ended : !call.usage)
const dear = pricesOf(rates)
const worst = model(dear)(refused).bill.worst ?? Number.NaN

const rows: [string, Asks, Failure, { budget: number; tries: number; open: number; spent: number }][] = [
  ['a model refused', model(dear), refused, { budget: 1e6, tries: 2, open: 0, spent: 100 }],
  ['a model broke off', model(dear), brokeOff, { budget: 1e6, tries: 2, open: 1, spent: worst + 100 }],
  ['a gateway gave up', model(dear), gaveUp, { budget: 1e6, tries: 2, open: 1, spent: worst + 100 }],
  ['a service refused', service(2), refused, { budget: 1e6, tries: 2, open: 0, spent: 2 }],
  ['a service broke off', service(2), brokeOff, { budget: 1e6, tries: 2, open: 1, spent: 4 }],
  ['a model refused', model(dear), refused, { budget: unlimited, tries: 1, open: 0, spent: 100 }],
  ['a model broke off', model(dear), brokeOff, { budget: unlimited, tries: 2, open: 1, spent: worst + 100 }],
  ['a service refused', service(2), refused, { budget: unlimited, tries: 2, open: 0, spent: 2 }],
  ['a service broke off', service(2), brokeOff, { budget: unlimited, tries: 2, open: 1, spent: 4 }],
]

test.each(rows)(
  'where %s and was asked again, every try is counted for what it may have cost: %#',
  async (...row) => {
    const [, asks, failure, { budget, tries, open, spent }] = row
    const told = await asked(asks(failure), dear, budget)
    expect({ tries: told.calls.length, open: told.calls.filter(isOpen).length, spent: told.spent }).toEqual({
      tries,
      open,
      spent,
    })
  },
)

test.each([
  ['model', model(pricesOf(free))],
  ['service', service(0)],
])('a %s that is free is called also where more was spent than the budget allows now', async (_, asks) => {
  const { calls, spent } = await asked(asks(refused), pricesOf(free), 1, 2)
  expect(calls.some(call => !isOpen(call))).toBe(true)
  expect(spent).toBe(2)
})

test('what the purse has no room for is not called', async () => {
  await expect(asked(service(2)(refused), dear, 1)).rejects.toThrow(/the next call could cost \$2\.00/)
})

test('a second try that there is no room for is not made', async () => {
  await expect(asked(service(2)(brokeOff), dear, 3)).rejects.toThrow(/\$2\.00 are spent/)
})

/** Somebody who is asked one call at a time and does not answer; `begun` is when the first call was made. */
function hanging(kind: 'model' | 'service') {
  const begun = Promise.withResolvers<void>()
  const call = (signal: AbortSignal) => {
    begun.resolve()
    return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  const limits = { concurrency: 1 }
  const teacher = scripted((_, signal) => call(signal), { limits })
  const engine = { name: 'engine', options: {}, usdPerCall: 2, limits }
  const question: Inquiry<unknown> =
    kind === 'model'
      ? teacherAdapter(dear).inquiryOf(teacher, request())
      : serviceAdapter().inquiryOf(engine, { query: {}, call })
  return { question, begun: begun.promise }
}

test.each([
  ['model', 1e6],
  ['model', unlimited],
  ['service', 1e6],
  ['service', unlimited],
] as const)(
  'a call of a %s that never had its turn is not put down, with a budget of %s',
  async (kind, budget) => {
    await using folder = await temporaryFolder()
    await using store = await openSqliteStore(folder.path)
    const stop = new AbortController()
    const pay = payer({ store, prices: dear, purse: openPurse(budget, 0), limited: budget !== unlimited })
    const ask = tries({ pay })
    const { question, begun } = hanging(kind)
    const ended = Promise.allSettled([ask(question, stop.signal), ask(question, stop.signal)])
    await begun
    stop.abort(new Error('by hand'))
    await ended
    await store.put('replies', 'it', true)
    expect(await Array.fromAsync(calls(store))).toHaveLength(1)
  },
)
