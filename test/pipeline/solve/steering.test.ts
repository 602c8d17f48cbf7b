import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { type Check, fail, pass } from '../../../checks/check.ts'
import { judge } from '../../../checks/judges/judge.ts'
import { passed } from '../../../filters/passed.ts'
import { quotas } from '../../../filters/quotas.ts'
import type { Config, RunLimits } from '../../../pipeline/config.ts'
import { BudgetError } from '../../../pipeline/errors.ts'
import { stillWanted } from '../../../pipeline/solve/steering.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { ladder } from '../../../teachers/ladder.ts'
import { openai } from '../../../teachers/openai.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { hear } from '../../checks/judging.ts'
import { reply, temporaryFolder } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { completion, wireServer } from '../../teachers/wire-server.ts'
import { countingTeacher } from '../counting-teacher.ts'
import { exported, type Fuse, fusesFor, runOnce } from '../killing.ts'
import { ownPrices } from '../own-prices.ts'
import { type Asked, says, scripted, type TestRun, widths, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Tasks of two categories in turn. */
const tasks = widths(
  ...Array.from({ length: 24 }, (_, index) => ({ category: index % 2 === 0 ? 'chart' : 'flag' })),
)

const numberIn = (text: string) => Number(/picture (\d+)/.exec(text)?.[1])

/** Every third picture is answered wrong. */
const right = (number: number) => number % 3 !== 0
const teacher = () => scripted(asked => says(right(numberIn(wordsOf(asked))) ? 'right' : 'wrong'))

const check: Check = {
  name: 'right',
  version: 1,
  options: {},
  measure: async ({ outcome }) =>
    outcome.kind === 'answered' && outcome.answer === 'right' ? pass() : fail('wrong'),
}

const config = { sandbox, tasks, checks: [check], filters: [passed('right')] }
const goal = quotas({ by: 'category', counts: { chart: 4, flag: 2 }, others: 'drop' })

const ids = (trajectories: readonly Trajectory[]) => trajectories.map(({ task }) => task.id).sort()
const warnings = ({ progress }: TestRun) =>
  progress.flatMap(event => (event.kind === 'warning' ? [event.message] : []))

/** What has to be done of a category: its rollouts in key order, up to the one that fills it. */
function needed(all: readonly Trajectory[], category: string, count: number) {
  let kept = 0
  const own = all.filter(({ task }) => task.category === category)
  return own.filter(({ task }) => {
    if (kept === count) return false
    if (right(numberIn(task.question))) kept++
    return true
  })
}

test('a stratum that is full gets no more rollouts, and none is done that was not needed', async () => {
  let all: Trajectory[] = []
  await withRun({ ...config, teachers: [teacher()] }, async run => {
    await run.run()
    all = await run.trajectories()
  })
  const expected = ids([...needed(all, 'chart', 4), ...needed(all, 'flag', 2)])
  expect(expected.length).toBeLessThan(all.length)
  for (const concurrency of [1, 7]) {
    const asked = teacher()
    await withRun({ ...config, teachers: [asked], fill: goal, limits: { concurrency } }, async run => {
      const counts = await run.run()
      expect(ids(await run.trajectories())).toEqual(expected)
      expect(counts).toMatchObject({ summary: { kept: 6 } })
      await run.run()
      expect(asked.asked).toHaveLength(expected.length)
      expect(warnings(run).filter(message => message.includes('too few'))).toEqual([])
      await run.run({ fill: quotas({ by: 'category', counts: { chart: 99, flag: 2 }, others: 'drop' }) })
      expect(warnings(run).at(-1)).toBe('there are too few rows: chart by 91 of 99')
    })
  }
})

test('strata that only a trajectory shows end the run when all are full', () => {
  const asked = teacher()
  const fill = quotas({ by: 'tools', counts: { none: 3 }, others: 'drop' })
  return withRun({ ...config, teachers: [asked], fill }, async run => {
    expect(await run.run()).toMatchObject({ summary: { kept: 3 } })
    expect(asked.asked.length).toBeLessThan(24)
  })
})

test('strata without a number are solved whole where their rows stay', () =>
  withRun({ ...config, teachers: [teacher()] }, async run => {
    await run.run({ fill: quotas({ by: 'category', counts: { chart: 1 } }) })
    const done = await run.trajectories()
    expect(done.filter(({ task }) => task.category === 'flag')).toHaveLength(12)
    expect(done.filter(({ task }) => task.category === 'chart').length).toBeLessThan(12)
  }))

test('what failed holds its place until another run does it, so both end as one that did not fail', async () => {
  let down = true
  const failing = scripted(asked => {
    if (down && numberIn(wordsOf(asked)) % 2 === 1)
      throw new TeacherError('nobody is there', { fatal: false })
    return says('right')
  })
  const fill = goal
  let expected: string[] = []
  await withRun({ ...config, teachers: [scripted(() => says('right'))], fill }, async run => {
    await run.run()
    expected = ids(await run.trajectories())
  })
  await withRun({ ...config, teachers: [failing], fill }, async run => {
    await run.run()
    expect(ids(await run.trajectories())).toEqual(expected)
    expect(warnings(run).at(-1)).toBe('there are too few rows: chart by 4 of 4')
    down = false
    await run.run()
    expect(ids(await run.trajectories())).toEqual(expected)
    expect((await run.rows()).filter(({ verdict }) => verdict.keep)).toHaveLength(6)
  })
})

test('a steered run that is killed again and again ends as one that was not', async () => {
  await using server = await countingTeacher()
  await using whole = await temporaryFolder()
  await using broken = await temporaryFolder()
  const start = (runs: string, fuse?: Fuse) =>
    runOnce(
      {
        config: 'test/pipeline/solve/steering-kill.config.ts',
        env: { TEACHER_URL: server.url, RUNS: runs },
        events: server.events,
      },
      fuse,
    )
  await start(whole.path)
  const requests = new Set(server.asked.keys())
  server.asked.clear()
  const fuses = fusesFor({ sure: 2, requests: requests.size, others: 3, within: [3, 18] })
  let kills = 0
  for (const fuse of fuses) if ((await start(broken.path, fuse)) === 'killed') kills++
  await start(broken.path)
  expect(kills).toBeGreaterThanOrEqual(2)
  expect(await exported(broken.path)).toEqual(await exported(whole.path))
  expect(new Set(server.asked.keys())).toEqual(requests)
})

/** Free text that rules cannot settle, so that a judge is paid for each answer. */
const cities = widths(
  ...Array.from({ length: 24 }, (_, index) => ({
    category: index % 2 === 0 ? 'chart' : 'flag',
    answer: 'New York City',
    answerType: 'text' as const,
  })),
)
const naming = () => scripted(asked => says(right(numberIn(wordsOf(asked))) ? 'the Big Apple' : 'Beantown'))

/** What is kept, and the line that says what is not. */
async function kept(run: TestRun, limits: Partial<RunLimits>) {
  const { summary } = await run.recurate({ limits })
  const counts = Object.fromEntries(summary.categories.map(({ category, rows }) => [category, rows]))
  return Object.entries(stillWanted(goal.counts, counts))
    .map(([stratum, count]) => `${stratum} by ${count} of ${goal.counts[stratum]}`)
    .join(', ')
}

/** What rollouts are done that are needed where every third answer is wrong. */
async function neededOf(changes: Partial<Config> = {}) {
  let expected: string[] = []
  await withRun({ ...config, teachers: [teacher()], ...changes }, async run => {
    await run.run()
    const all = await run.trajectories()
    expected = ids([...needed(all, 'chart', 4), ...needed(all, 'flag', 2)])
  })
  return expected
}

test('a judge in the chain is paid for what is solved, no more is solved than it leaves wanted, and one that fails holds a place', async () => {
  let broken = true
  await using server = await wireServer(({ body }) => {
    const heard = hear(body)
    if (broken && numberIn(heard.text) % 4 === 1)
      return { status: 400, body: { error: { message: 'not today', code: 'odd' } } }
    const word = heard.text.includes('Big Apple') ? 'same' : 'different'
    return { body: completion({ content: heard.verdict(word) }) }
  })
  const checks = [judge({ models: [openai({ model: 'judge', baseURL: server.url })] })]
  const judged = { ...config, tasks: cities, checks, filters: [passed('judge')] }
  const expected = await neededOf({ tasks: cities, teachers: [naming()], checks: [], filters: [] })
  const asked = naming()
  await withRun({ ...judged, teachers: [asked], fill: goal }, async run => {
    await run.run()
    expect(expected).toEqual(expect.arrayContaining(ids(await run.trajectories())))
    expect(warnings(run).at(-1)).toMatch(/^\d+ facts? could not be measured/)
    broken = false
    expect(await run.run()).toMatchObject({ summary: { kept: 6 } })
    expect(ids(await run.trajectories())).toEqual(expected)
    expect(asked.asked).toHaveLength(expected.length)
    const answered = server.arrived.length
    expect(await run.store.count('facts')).toBe(expected.length)
    await run.run()
    expect(server.arrived).toHaveLength(answered)
  })
})

/** 1 USD for each token of input, 10 for each of output. */
const dear = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e7 }

test('a budget that ends before all is full says once what is missing of what was kept, and a higher one goes on', async () => {
  const limits = { maxTokens: 100, concurrency: 2 }
  const expected = await neededOf({ limits })
  await using prices = await ownPrices({ scripted: dear })
  const asked = teacher()
  const setting = { ...config, teachers: [asked], fill: goal, prices: prices.path }
  await withRun(setting, async run => {
    const within = (budgetUsd: number) => run.run({ limits: { ...limits, budgetUsd } })
    const refused = await within(1).then(() => '', String)
    const worst = Number(/could cost \$([\d.]+)/.exec(refused)?.[1])
    const { usage } = reply()
    const each = usage.input + 10 * usage.output
    for (const calls of [2, 5]) {
      run.progress.length = 0
      await expect(within(worst + calls * each)).rejects.toThrow(BudgetError)
      expect(asked.asked).toHaveLength(calls + 1)
      const said = warnings(run)
      expect(said).toEqual([`there are too few rows: ${await kept(run, limits)}`])
    }
    expect(await within(1e7)).toMatchObject({ summary: { kept: 6 } })
    expect(ids(await run.trajectories())).toEqual(expected)
    expect(asked.asked).toHaveLength(expected.length)
  })
})

test('on a ladder the strong teacher fills only what the cheap one left, by tasks that it did not solve', async () => {
  const widthOf = (asked: Asked) => says(String(numberIn(wordsOf(asked)) + 7))
  const cheap = scripted(asked => (numberIn(wordsOf(asked)) % 6 === 1 ? widthOf(asked) : says('0')), {
    name: 'cheap',
  })
  const strong = scripted(asked => (numberIn(wordsOf(asked)) % 5 === 0 ? says('0') : widthOf(asked)), {
    name: 'strong',
  })
  const solved = (each: typeof cheap) => each.asked.map(asked => numberIn(wordsOf(asked)))
  const ladderOf = {
    ...config,
    checks: [answer()],
    filters: [passed('answer')],
    teachers: ladder(cheap, strong),
  }
  await withRun({ ...ladderOf, fill: goal }, async run => {
    // Of the charts the cheap one solves 1, 7, 13 and 19, of the flags none.
    await run.run({ fill: quotas({ by: 'category', counts: { chart: 4 }, others: 'drop' }) })
    expect(strong.asked).toEqual([])
    expect(await run.run()).toMatchObject({ summary: { kept: 6 } })
    const made = solved(strong)
    expect(made.every(number => number % 2 === 0)).toBe(true)
    expect(made.filter(number => number % 5 !== 0)).toHaveLength(2)
    await run.run({ fill: quotas({ by: 'category', counts: { chart: 6, flag: 2 }, others: 'drop' }) })
    const charts = solved(strong).filter(number => number % 2 === 1)
    expect(charts.filter(number => number % 5 !== 0)).toHaveLength(2)
    expect(charts.filter(number => number % 6 === 1)).toEqual([])
    const before = cheap.asked.length + strong.asked.length
    await run.run()
    expect(cheap.asked.length + strong.asked.length).toBe(before)
    expect(warnings(run).filter(message => message.includes('too few'))).toEqual([])
  })
})

test('what is wanted is what is missing', () => {
  expect(stillWanted({ chart: 5, flag: 2, map: 1 }, { chart: 3, flag: 4 })).toEqual({ chart: 2, map: 1 })
})
