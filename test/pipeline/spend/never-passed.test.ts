import pLimit from 'p-limit'
import { expect, test } from 'vitest'
import { teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { tries } from '../../../pipeline/ask/asker.ts'
import { BudgetError } from '../../../pipeline/errors.ts'
import { calls, costOf } from '../../../pipeline/spend/ledger.ts'
import { payer } from '../../../pipeline/spend/payment.ts'
import { openPurse } from '../../../pipeline/spend/purse.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Store } from '../../../store/store.ts'
import { anthropic } from '../../../teachers/anthropic.ts'
import { openai } from '../../../teachers/openai.ts'
import { openaiResponses } from '../../../teachers/openai-responses.ts'
import type { Prices } from '../../../teachers/prices.ts'
import type { Teacher } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { loopback } from '../../servers/loopback.ts'
import { hastyClock } from '../../virtual-clock.ts'
import { answerOf, pick, seeded, type WireName } from './random-faults.ts'

/** USD for a million tokens. */
const rates = { input: 1, cachedInput: 1, cacheWrite: 1, output: 10 }
const prices: Prices = [[{ models: ['m'], date: '2026-01-01', source: 'test', ...rates }]]
const charge = ({ input, output }: { input: number; output: number }) =>
  (input * rates.input + output * rates.output) / 1e6

const asks = (sample: number) => question({ sample, maxTokens: 50 })

const made: Record<WireName, (origin: string, stream: boolean) => Teacher> = {
  chat: (origin, stream) => openai({ model: 'm', baseURL: `${origin}/v1`, stream }),
  responses: origin => openaiResponses({ model: 'm', baseURL: `${origin}/v1`, stream: false }),
  messages: (origin, stream) => anthropic({ model: 'm', baseURL: origin, apiKey: 'none', stream }),
}

/** A pattern of faults, and how a run stands before it. */
function pattern(seed: number) {
  const random = seeded(seed)
  return {
    seed,
    random,
    wire: pick<WireName>(random, ['chat', 'messages', 'responses']),
    stream: random() < 0.5,
    badness: random(),
    inFlight: 1 + Math.floor(random() * 8),
    questions: 1 + Math.floor(random() * 6),
    /** In worst cases of one call. */
    budget: 0.5 + random() * 12,
    /** The run is stopped when so many requests have come, and gone on with. */
    stopAt: random() < 0.3 ? 1 + Math.floor(random() * 6) : undefined,
  }
}

interface Seen {
  charged: number
  requests: number
  kinds: Set<string>
}

/** Ask all of it until a signal, with what is left of the budget; tells whether the budget was used up. */
async function asked(
  teacher: Teacher,
  { questions, inFlight }: ReturnType<typeof pattern>,
  { store, budget, signal }: { store: Store; budget: number; signal: AbortSignal },
) {
  const purse = openPurse(budget, await booked(store))
  const pay = payer({ store, prices, purse, limited: true })
  const ask = tries({ pay, clock: hastyClock() })
  const samples = Array.from({ length: questions }, (_, sample) => sample)
  const ends = await pLimit(inFlight).map(samples, sample =>
    ask(teacherAdapter(prices).inquiryOf(teacher, asks(sample)), signal).then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  // What was used is durable with the next write.
  await store.put('replies', 'it', true)
  return ends.some(error => error instanceof BudgetError)
}

async function booked(store: Store): Promise<number> {
  let usd = 0
  for await (const call of calls(store)) usd += costOf(call, prices) ?? Number.NaN
  return usd
}

async function played(seed: number) {
  const given = pattern(seed)
  const seen: Seen = { charged: 0, requests: 0, kinds: new Set() }
  const stop = new AbortController()
  await using server = await loopback(() => {
    const [kind, use, said] = answerOf(given, given.badness)
    seen.charged += use ? charge(use) : 0
    seen.kinds.add(kind)
    if (++seen.requests === given.stopAt) stop.abort(new Error('stopped by hand'))
    return said
  })
  const teacher = made[given.wire](server.origin, given.stream)
  const worst = teacherAdapter(prices).inquiryOf(teacher, asks(0)).bill.worst ?? Number.NaN
  const budget = given.budget * worst
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const first = await asked(teacher, given, { store, budget, signal: stop.signal })
  const { signal } = new AbortController()
  const usedUp = stop.signal.aborted ? await asked(teacher, given, { store, budget, signal }) : first
  await teacher.close?.()
  return { seed, seen, usedUp, budget, booked: await booked(store) }
}

test('no pattern of faults passes the budget, and all that may be charged is booked', async () => {
  const kinds = new Set<string>()
  let usedUp = 0
  const seeds = Array.from({ length: 200 }, (_, index) => index + 1)
  for (const { seed, ...end } of await pLimit(8).map(seeds, played)) {
    const { charged, requests } = end.seen
    const what = `pattern ${seed}: ${requests} requests, ${charged} charged, ${end.booked} booked, budget ${end.budget}`
    expect(charged, what).toBeLessThanOrEqual(end.booked + 1e-9)
    expect(end.booked, what).toBeLessThanOrEqual(end.budget + 1e-9)
    if (end.usedUp) usedUp++
    for (const kind of end.seen.kinds) kinds.add(kind)
  }
  // It proves nothing where no budget came to its end, or no fault came.
  expect(usedUp).toBeGreaterThan(50)
  expect(kinds.size).toBe(17)
})
