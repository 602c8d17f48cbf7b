import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { costsOf } from '../../../cli/numbers/costs.ts'
import type { Config } from '../../../pipeline/config.ts'
import { BudgetError } from '../../../pipeline/errors.ts'
import { calls as callsOf, type ModelCall } from '../../../pipeline/spend/ledger.ts'
import { dollars, openPurse } from '../../../pipeline/spend/purse.ts'
import { openai } from '../../../teachers/openai.ts'
import { readPrices } from '../../../teachers/prices.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { smallJail } from '../../small-jail.ts'
import { ownPrices } from '../own-prices.ts'
import { runs, says, scripted, tasks, withRun, wordsOf } from '../scripted.ts'

const never = () => Promise.reject(new Error('never called'))
const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())
const { signal } = new AbortController()

test('spent and reserved never exceed the limit, whatever calls cost and in whatever order they end', async () => {
  const call = fc.record({
    worst: fc.integer({ min: 0, max: 40 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 30 }),
      fc.integer({ min: 0, max: 100 }),
      fc.scheduler(),
      async (made, limit, s) => {
        const purse = openPurse(limit, 0)
        let held = 0
        const pay = async ({ worst, share }: (typeof made)[number]) => {
          await purse.reserve(worst, signal, 'call')
          held += worst
          expect(purse.spent() + held).toBeLessThanOrEqual(limit + 1e-9)
          await s.schedule(Promise.resolve())
          held -= worst
          purse.settle(worst, worst * share, 'call')
        }
        const ended = Promise.allSettled(made.map(pay))
        await s.waitIdle()
        for (const result of await ended)
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(BudgetError)
        expect(purse.spent()).toBeLessThanOrEqual(limit + 1e-9)
      },
    ),
  )
})

test('a call waits for what those before it leave over, and is refused only when none is under way', async () => {
  const purse = openPurse(10, 0)
  await purse.reserve(8, signal, 'call')
  const second = purse.reserve(6, signal, 'call')
  purse.settle(8, 1, 'call')
  await second
  const third = purse.reserve(8, signal, 'call')
  purse.settle(6, 6, 'call')
  await expect(third).rejects.toThrow(
    /^the budget of \$10\.00 is used up: \$7\.00 are spent and the next call could cost \$8\.00; raise/,
  )
})

test('a call that waits gives up with its signal, and those behind it go on', async () => {
  const purse = openPurse(10, 0)
  const stop = new AbortController()
  await purse.reserve(6, signal, 'call')
  const waits = purse.reserve(9, stop.signal, 'call')
  const behind = purse.reserve(3, signal, 'call')
  stop.abort(new Error('by hand'))
  await expect(waits).rejects.toThrow('by hand')
  await behind
  await expect(purse.reserve(1, stop.signal, 'call')).rejects.toThrow('by hand')
})

test.each([
  [0, '$0.00'],
  [12.345, '$12.35'],
  [0.1, '$0.10'],
  [0.0123, '$0.012'],
  [0.00004567, '$0.000046'],
])('%d is written as %s', (usd, text) => expect(dollars(usd)).toBe(text))

/** 1 USD for each token of input, 10 for each of output; a reply is charged far less than it could have been. */
const dear = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e7 }
const usage = { input: 4000, output: 100, cached: 0, reasoning: 0 }

async function withPrices(
  changes: Partial<Config>,
  work: (
    run: Parameters<Parameters<typeof withRun>[1]>[0],
    teacher: ReturnType<typeof thoughtful>,
  ) => Promise<void>,
) {
  await using prices = await ownPrices({ scripted: dear })
  const teacher = thoughtful()
  const limits = { maxTokens: 500, concurrency: 3 }
  await withRun(
    { sandbox, teachers: [teacher], tasks: tasks(6), prices: prices.path, limits, ...changes },
    run => work(run, teacher),
  )
}

/** Measures once, then answers. */
const thoughtful = () =>
  scripted(({ turns }) => ({ ...(turns.length === 0 ? runs('print(image_1.size)') : says('8')), usage }))

const limits = (budgetUsd: number) => ({ limits: { maxTokens: 500, concurrency: 3, budgetUsd } })

test('a run stops before it would exceed its budget, keeps what is done, and goes on with a higher one', () =>
  withPrices({}, async (run, teacher) => {
    await expect(run.run(limits(40_000))).rejects.toThrow(BudgetError)
    const asked = teacher.asked.length
    expect(asked).toBeGreaterThan(2)
    expect(asked * 5000).toBeLessThanOrEqual(40_000)
    await expect(run.run(limits(40_000))).rejects.toThrow(/is used up/)
    expect(teacher.asked).toHaveLength(asked)
    await run.run(limits(1e6))
    expect(teacher.asked).toHaveLength(12)
    expect(run.progress.findLast(each => each.kind === 'done' && each.stage === 'synthesize')).toMatchObject({
      done: 6,
      usd: 60_000,
    })
  }))

test('what others are asked at the same time is reserved too', () =>
  withPrices({}, async (run, teacher) => {
    const most = { under: 0, most: 0 }
    const { ask } = teacher
    const watched = {
      ...teacher,
      async ask(...given: Parameters<typeof ask>) {
        most.most = Math.max(most.most, ++most.under)
        return await ask(...given).finally(() => most.under--)
      },
    }
    // One call can cost some 30,000: two at once do not fit, one after another all do.
    await run.run({ teachers: [watched], ...limits(100_000) })
    expect(teacher.asked).toHaveLength(12)
    expect(most.most).toBeLessThan(4)
  }))

test('a model without a price is refused before anything is done', () =>
  withPrices({}, async (run, teacher) => {
    const unpriced = scripted(() => says('8'), { name: 'unheard-of' })
    await expect(run.run({ teachers: [teacher, unpriced], ...limits(1e9) })).rejects.toThrow(
      /limits\.budgetUsd: the model unheard-of has no price; name it in a price file/,
    )
    expect([teacher.asked, unpriced.asked]).toEqual([[], []])
    expect(run.progress).toEqual([])
  }))

test('a teacher that is asked in batches is refused where there is a budget, which could not hold it back', () =>
  withPrices({}, async (run, teacher) => {
    const batch = { limits: { requests: 1, bytes: 1 }, pollEvery: 1, submit: never, find: never, poll: never }
    await expect(run.run({ teachers: [{ ...teacher, batch }], ...limits(1e9) })).rejects.toThrow(
      /limits\.budgetUsd: scripted is asked in batches, which no budget can hold back/,
    )
    expect(teacher.asked).toEqual([])
  }))

test('a model that is not told how long a reply may be has no budget, unless it is free', () =>
  withPrices({}, async (run, teacher) => {
    const endless = openai({ model: 'scripted', apiKey: 'none', maxTokensAs: 'none' })
    await expect(run.run({ teachers: [endless], ...limits(1e9) })).rejects.toThrow(
      /limits\.budgetUsd: scripted is not told how long a reply may be/,
    )
    expect(openai({ model: 'm', maxTokensAs: 'none', params: { max_tokens: 9 } }).endless).toBeUndefined()
    expect(teacher.asked).toEqual([])
  }))

test('without a budget a model without a price is counted in tokens, and said once', () =>
  withRun({ sandbox, teachers: [thoughtful()], tasks: tasks(2) }, async run => {
    await run.run()
    expect(run.progress.filter(({ kind }) => kind === 'warning')).toEqual([
      { kind: 'warning', message: expect.stringMatching(/^no price is known for scripted/) },
    ])
    const costs = await costsOf(run.store, await readPrices(), 2)
    expect(costs.total).toMatchObject({ calls: 4, usd: null, usage: { input: 16_000, output: 400 } })
  }))

test('what was spent without a budget counts when there is one', () =>
  withPrices({}, async (run, teacher) => {
    await run.run({ tasks: tasks(3) })
    expect(teacher.asked).toHaveLength(6)
    await expect(run.run(limits(31_000))).rejects.toThrow(/\$30000\.00 are spent/)
    expect(teacher.asked).toHaveLength(6)
  }))

test('a budget is an amount', () =>
  withPrices({}, async run => {
    expect(() => run.settings({ limits: { budgetUsd: -1 } })).toThrow(
      /limits\.budgetUsd is -1; give an amount in USD/,
    )
    expect(() => run.settings({ limits: { budgetUsd: Number.NaN } })).toThrow(
      /budgetUsd is NaN; give an amount/,
    )
  }))

const broken: [string, Error, number][] = [
  ['is refused by the server', withCause({ status: 429 }), 0],
  ['never reaches the server', withCause({ cause: { code: 'ECONNREFUSED' } }), 0],
  ['breaks off', withCause({ code: 'ECONNRESET' }), 1],
]

function withCause({ cause, ...fields }: { status?: number; code?: string; cause?: object }): Error {
  const inner = Object.assign(new Error('inner'), fields)
  if (cause) inner.cause = Object.assign(new Error('innermost'), cause)
  return new TeacherError('it broke', { fatal: false, cause: inner })
}

test.each(broken)('a call that %s is charged as far as it may have been', (_, error, unknown) =>
  withPrices({ tasks: tasks(1) }, async run => {
    const teacher = scripted(() => Promise.reject(error))
    await expect(run.run({ teachers: [teacher], ...limits(1e6) })).rejects.toThrow('it broke')
    const [call] = (await Array.fromAsync(callsOf(run.store))) as ModelCall[]
    expect(call?.worst).toBeGreaterThan(4096 + 500 * 10)
    const { total } = await costsOf(run.store, await readPrices(run.settings().prices), 0)
    expect(total).toMatchObject({ calls: 1, unknown, usd: unknown * (call?.worst ?? Number.NaN) })
  }),
)

test('a server that does not count what it used is taken at the worst', () =>
  withPrices({ tasks: tasks(1) }, async run => {
    const silent = scripted(() => ({ ...says('8'), usage: { input: 0, output: 0, cached: 0, reasoning: 0 } }))
    await run.run({ teachers: [silent], ...limits(1e6) })
    const { total } = await costsOf(run.store, await readPrices(run.settings().prices), 1)
    expect(total.unknown).toBe(1)
    expect(total.usd).toBeGreaterThan(4096)
  }))

test('costs are told by teacher and for each kept row, cached and reasoning tokens and images apart', () =>
  withPrices({}, async run => {
    const usage = { input: 100, output: 10, cached: 50, reasoning: 5, cacheWrite: 20 }
    const cheap = scripted(
      ({ turns }) => ({ ...(turns.length === 0 ? runs('image_1') : says('8')), usage }),
      {
        name: 'cheap',
        options: { model: 'scripted' },
      },
    )
    await run.run({
      teachers: [cheap, scripted(asked => ({ ...says(wordsOf(asked)), usage }))],
      tasks: tasks(2),
    })
    const costs = await costsOf(run.store, await readPrices(run.settings().prices), 4)
    expect(costs.teachers).toEqual({
      cheap: {
        calls: 4,
        unknown: 0,
        unknownUsd: 0,
        images: 6,
        usd: 800,
        usage: { input: 400, output: 40, cached: 200, reasoning: 20, cacheWrite: 80 },
      },
      scripted: {
        calls: 2,
        unknown: 0,
        unknownUsd: 0,
        images: 2,
        usd: 400,
        usage: { input: 200, output: 20, cached: 100, reasoning: 10, cacheWrite: 40 },
      },
    })
    expect(costs.total).toMatchObject({ calls: 6, usd: 1200, images: 8 })
    expect(costs.perKept).toBe(300)
  }))
