import { afterAll, expect, test } from 'vitest'
import { costsOf, printCosts } from '../../../cli/numbers/costs.ts'
import { printStats, statsOf } from '../../../cli/numbers/stats.ts'
import { printForecast } from '../../../cli/plan.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import type { ServiceAnswer } from '../../../pipeline/ask/service-answers.ts'
import type { Config } from '../../../pipeline/config.ts'
import { decidedRows } from '../../../pipeline/decide/decisions.ts'
import { BudgetError, ConfigError } from '../../../pipeline/errors.ts'
import { pilot } from '../../../pipeline/jobs/pilot.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { InputError } from '../../../schemas/input-error.ts'
import { OptionsError } from '../../../schemas/options.ts'
import { readPrices } from '../../../teachers/prices.ts'
import { serper } from '../../../tools/engines/serper.ts'
import { type ImageProvider, imageSearch } from '../../../tools/image-search.ts'
import { leakGuard } from '../../../tools/leak-guard.ts'
import { type Service, ServiceError } from '../../../tools/service.ts'
import { textSearch } from '../../../tools/text-search.ts'
import { png } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { ownPrices } from '../own-prices.ts'
import { calls, says, scripted, seenBy, type TestRun, tasks, widths, withRun } from '../scripted.ts'
import { type Answering, hit, searchEngine, searchServer } from '../search-server.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const search = (query: string) => calls(['text_search', JSON.stringify({ query })])

/** Searches for `lake` and the number of the picture, then answers 8. */
const searcher = (changes = {}, words = (number: string) => `lake ${number}`) =>
  scripted(({ turns, question }) => {
    const [, number = ''] = /picture (\d)/.exec(JSON.stringify(question)) ?? []
    return turns.length === 0 ? search(words(number)) : says('8')
  }, changes)

async function withEngine(
  setting: { answer?: Answering; service?: Partial<Service> } & Partial<Config>,
  work: (
    run: TestRun,
    engine: Awaited<ReturnType<typeof searchServer>>,
    teacher: ReturnType<typeof searcher>,
  ) => Promise<void>,
) {
  const { answer, service, ...config } = setting
  await using engine = await searchServer(answer)
  const teacher = searcher()
  const tools = [textSearch({ corpus: engine.provider(service) })]
  const parts = { sandbox, teachers: [teacher], tasks: tasks(3), tools, exports: [rejected()], ...config }
  await withRun(parts, run => work(run, engine, teacher))
}

const replayOf = (run: TestRun, changes: Partial<Config> = {}) =>
  run.open(changes, { asks: 'nobody' }).then(replayRun)

const same = { different: [], missing: [], extra: [] }
/** Nobody listens there. */
const deadTools = () => [textSearch({ corpus: searchEngine('http://127.0.0.1:9/') })]

test('a search that fails is an observation, the run goes on, and a replay repeats it without asking', () =>
  withEngine(
    { answer: query => (query === 'lake 2' ? { status: 403 } : [hit(query)]) },
    async (run, { asked }) => {
      await run.run()
      const trajectories = await run.trajectories()
      expect(trajectories.map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered', 'answered'])
      const failed = trajectories.flatMap(({ turns }) =>
        turns.flatMap(({ observations }) => observations.flatMap(({ mistake }) => mistake ?? [])),
      )
      expect(failed).toEqual([{ kind: 'tool_error', message: expect.stringMatching(/^The search failed: /) }])
      expect(await run.store.count('searches')).toBe(2)
      expect(run.progress).toContainEqual({
        kind: 'warning',
        message: expect.stringMatching(/403 of lake 2/),
      })
      const before = asked.length
      expect(await replayOf(run, { tools: deadTools() })).toMatchObject({ rollouts: 3, ...same })
      expect(asked).toHaveLength(before)
    },
  ))

test('thumbnails are there again in a replay', async () => {
  const picture = await png(20, 20)
  const corpus: ImageProvider = {
    name: 'pictures',
    options: {},
    usdPerCall: 0,
    byImage: async () => [{ id: 'a', title: 'A', licence: null, score: 1, thumbnail: picture }],
  }
  const gone: ImageProvider = { ...corpus, byImage: () => Promise.reject(new Error('asked again')) }
  const teacher = scripted(({ turns }) => (turns.length === 0 ? calls(['image_search', '{}']) : says('8')))
  const tools = [imageSearch({ corpus })]
  await withRun({ sandbox, teachers: [teacher], tools }, async run => {
    await run.run()
    expect(seenBy(teacher.asked[1] ?? ({ turns: [] } as never))).toMatch(/image_2: A/)
    expect(await replayOf(run, { tools: [imageSearch({ corpus: gone })] })).toMatchObject(same)
  })
})

test('what a search found is not asked for again in a replay, and named where it is missing', () =>
  withEngine({}, async run => {
    await run.run()
    for await (const { key } of run.store.scan('turns')) await run.store.delete('turns', key)
    await expect(replayOf(run)).rejects.toThrow(
      /^task width\/[123], teacher scripted, sample 0, turn 1: its search is not in the store; run the config again/,
    )
  }))

const otherWords = (number: string) => (number === '2' ? 'a river' : `LAKE ${number}`)

test('a frozen run asks nobody: a rollout that needs another search fails and names it, the others go on', () =>
  withEngine({}, async (run, { asked }) => {
    await run.run()
    expect(asked).toHaveLength(3)
    const frozen = { frozen: true, teachers: [searcher({ name: 'other' }, otherWords)], tools: deadTools() }
    await run.run(frozen)
    const rows = await run.rows()
    expect(rows.map(({ measured }) => measured.trajectory.outcome.kind).sort()).toEqual([
      'answered',
      'answered',
      'failed',
    ])
    const dropped = rows.flatMap(({ verdict }) => (verdict.keep ? [] : [verdict]))
    expect(dropped).toEqual([
      {
        keep: false,
        stage: 'synthesize',
        by: 'synthesize',
        undecided: true,
        reason: 'failed_tool',
        detail:
          'text_search: engine has no stored answer to {"query":"a river","top":5}; run without --frozen to ask it',
      },
    ])
    expect(await replayOf(run, frozen)).toMatchObject(same)
    expect(asked).toHaveLength(3)
    await run.run({ ...frozen, frozen: false, tools: run.settings().tools })
    expect((await run.rows()).every(({ measured }) => measured.trajectory.outcome.kind === 'answered')).toBe(
      true,
    )
    expect(asked).toEqual([...asked.slice(0, 3), 'a river'])
  }))

test('a refresh asks services anew, a frozen one shows what was found before', () =>
  withEngine(
    { answer: (query, number) => [hit(`${query} ${number}`)], tasks: tasks(1) },
    async (run, { asked }, teacher) => {
      await run.run()
      await run.refresh()
      expect(asked).toEqual(['lake 1', 'lake 1'])
      await run.refresh({ frozen: true })
      expect(asked).toHaveLength(2)
      const shown = teacher.asked.filter(({ turns }) => turns.length > 0).map(seenBy)
      expect(shown.map(text => /id: (.*)\)/.exec(text)?.[1])).toEqual(['lake 1 1', 'lake 1 2', 'lake 1 2'])
      expect(await replayOf(run)).toMatchObject(same)
    },
  ))

const free = { scripted: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 } }

test('searches are paid from the budget and told beside the teachers', async () => {
  await using prices = await ownPrices(free)
  const setting = { service: { usdPerCall: 2 }, tasks: tasks(5), prices: prices.path }
  const limits = (budgetUsd: number) => ({ limits: { concurrency: 1, budgetUsd } })
  await withEngine(setting, async (run, { asked }) => {
    await expect(run.run(limits(7))).rejects.toThrow(BudgetError)
    expect(asked).toHaveLength(3)
    await run.run(limits(10))
    expect(asked).toHaveLength(5)
    const costs = await costsOf(run.store, await readPrices(prices.path), 5)
    expect(costs).toMatchObject({
      total: { usd: 10 },
      services: { engine: { calls: 5, unknown: 0, unknownUsd: 0, usd: 10 } },
      perKept: 2,
    })
    expect(printCosts(costs)).toMatch(/^ {2}engine {8}\$10\.00 {2}5 calls\n {2}total {9}\$10\.00 /)
    const done = run.progress.findLast(each => each.kind === 'done' && each.stage === 'synthesize')
    expect(done).toMatchObject({ usd: 10 })
  })
})

const charges: [string, number | undefined, number][] = [
  ['was refused is not charged', 403, 4],
  ['broke off may have been charged', undefined, 6],
]

test.each(charges)('a search that %s', async (_, status, usd) => {
  await using prices = await ownPrices(free)
  for (const changes of [{}, { limits: { budgetUsd: 100 } }])
    await withEngine({ prices: prices.path, ...changes }, async (run, { provider }) => {
      const corpus = provider({ usdPerCall: 2 })
      let number = 0
      const fails = {
        ...corpus,
        search: (...asked: Parameters<typeof corpus.search>) => {
          if (++number === 1) throw new ServiceError('it failed', { transient: false, status })
          return corpus.search(...asked)
        },
      }
      await run.run({ tools: [textSearch({ corpus: fails })] })
      const { services } = await costsOf(run.store, await readPrices(prices.path), 1)
      expect(services.engine).toMatchObject({ calls: 3, usd, unknown: status === undefined ? 1 : 0 })
    })
})

test('with a budget a service without a price is refused before anything is asked; without one it is said', async () => {
  await using prices = await ownPrices(free)
  await withEngine({ prices: prices.path }, async (run, { url }, teacher) => {
    const { usdPerCall: _, ...unpriced } = searchEngine(url)
    const tools = [textSearch({ corpus: unpriced })]
    await expect(run.run({ tools, limits: { budgetUsd: 100 } })).rejects.toThrow(
      new ConfigError('limits.budgetUsd: engine has no price; give its usdPerCall, 0 where it is free'),
    )
    expect(teacher.asked).toEqual([])
    const unnamed = tools.map(({ services: _, ...tool }) => tool)
    await expect(run.run({ tools: unnamed, limits: { budgetUsd: 100 } })).rejects.toThrow(
      /engine has no price/,
    )
    await run.run({ tools })
    expect(run.progress).toContainEqual({
      kind: 'warning',
      message: expect.stringMatching(/^no price is known for engine: /),
    })
  })
})

const wrong: [Partial<Service>, string][] = [
  [{ limits: { concurrency: 0 } }, 'tools: engine: limits.concurrency is 0; give a whole number from 1'],
  [{ usdPerCall: -1 }, 'tools: engine: usdPerCall is -1; give an amount in USD such as 20'],
]

test.each(wrong)('%o is refused', (service, message) =>
  expect(withEngine({ service }, async () => {})).rejects.toEqual(new OptionsError(message)),
)

test('a plan forecasts searches and what they cost', async () => {
  await using prices = await ownPrices(free)
  await withEngine({ service: { usdPerCall: 2 }, tasks: tasks(4), prices: prices.path }, async run => {
    const estimate = await pilot(2, await run.open())
    expect(estimate).toMatchObject({ searches: { estimate: 4 }, usd: { estimate: 8 } })
    expect(printForecast(estimate)).toMatch(/searches +4 /)
  })
})

const question = 'Which of the lakes named in the report is the shallowest today?'
const leaky = [
  hit('good'),
  hit('copy', { snippet: `Q: ${question} A: Chad` }),
  hit('dataset', { link: 'https://huggingface.co/datasets/lakes' }),
  hit('https://www.example.org/lakes'),
]

test('what would give a task away is removed and counted, and stays stored; another guard is another run', async () => {
  const source = { name: 'lakes', licence: 'CC0-1.0', url: 'https://www.example.org/data' }
  const setting = { answer: () => leaky, tasks: widths({ question: `${question} (picture 1)`, source }) }
  await withEngine({ ...setting, leaks: await leakGuard() }, async (run, { asked }, teacher) => {
    await run.run()
    expect(seenBy(teacher.asked[1] as never)).toMatch(/^Found 1 result for "lake 1":\n\n1\. About good/)
    const [stored] = await Array.fromAsync(run.store.scan<ServiceAnswer>('searches'))
    expect(stored?.value.answer).toEqual(leaky)
    const stats = await statsOf(decidedRows(run.folder, run.store))
    expect(stats.funnel.removed).toEqual([
      { provider: 'engine', reason: 'host', count: 2 },
      { provider: 'engine', reason: 'question', count: 1 },
    ])
    expect(printStats(stats)).toMatch(
      /not shown, by provider and reason\n {2}engine\/host +2\n {2}engine\/question +1/,
    )
    expect(await replayOf(run)).toMatchObject(same)

    await run.run({ leaks: await leakGuard({ domains: [] }) })
    expect(asked).toHaveLength(1)
    expect(seenBy(teacher.asked.findLast(({ turns }) => turns.length > 0) as never)).toMatch(
      /^Found 2 results/,
    )
  })
})

test('an engine whose key is not set ends a run and a forecast before anyone is asked; what asks no engine needs none', async () => {
  const teacher = searcher()
  const tools = [textSearch({ corpus: serper({ apiKeyEnv: 'NOT_SET_KEY' }) })]
  await withRun(
    { sandbox, teachers: [teacher], tasks: tasks(1), tools, exports: [rejected()] },
    async run => {
      const missing = new InputError(['serper: no API key; set NOT_SET_KEY'])
      await expect(run.run()).rejects.toThrow(missing)
      await expect(run.open().then(opened => pilot(1, opened))).rejects.toThrow(missing)
      expect(teacher.asked).toEqual([])
      await run.recurate()
      expect(await run.run({ frozen: true })).toMatchObject({ summary: { rows: 1, kept: 0 } })
      expect(await replayOf(run, { frozen: true })).toMatchObject(same)
    },
  )
})
