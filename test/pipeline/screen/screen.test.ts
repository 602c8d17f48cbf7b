import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { costsOf } from '../../../cli/numbers/costs.ts'
import { printStats, statsOf } from '../../../cli/numbers/stats.ts'
import { drawings } from '../../../examples/demo/drawings.ts'
import { passed } from '../../../filters/passed.ts'
import { splitGuard } from '../../../filters/split-guard.ts'
import { hf } from '../../../output/targets/hf.ts'
import { screenedOut } from '../../../output/targets/screened-out.ts'
import { verlRl } from '../../../output/targets/verl-rl.ts'
import type { Config } from '../../../pipeline/config.ts'
import { BudgetError } from '../../../pipeline/errors.ts'
import { comparedRows } from '../../../pipeline/jobs/flips.ts'
import { openRun } from '../../../pipeline/jobs/open-run.ts'
import { pilot } from '../../../pipeline/jobs/pilot.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { screenedTasks } from '../../../pipeline/screen/screened-list.ts'
import { settings } from '../../../pipeline/settings.ts'
import { reasonOf } from '../../../schemas/drop.ts'
import { droppedBy } from '../../../schemas/screening.ts'
import { difficulty } from '../../../screens/difficulty.ts'
import { next, route, type Screen } from '../../../screens/screen.ts'
import { openai } from '../../../teachers/openai.ts'
import { readPrices } from '../../../teachers/prices.ts'
import { python } from '../../../tools/python.ts'
import { hear } from '../../checks/judging.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { type Answer, completion, wireServer } from '../../teachers/wire-server.ts'
import { ownPrices } from '../own-prices.ts'
import { says, scripted, type TestRun, tasks, widths, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Answers of the student's for each round. */
const k = 4

/** How often the student is right about a picture without tools, and with them. */
const abilities: Record<number, [alone: number, helped: number]> = {
  1: [2, 0],
  2: [0, 1],
  3: [1, 0],
  4: [0, 0],
}

type Server = Awaited<ReturnType<typeof student>>

/** A student behind a real server; `fault` may answer in its place. */
async function student(fault: (picture: number, number: number) => Answer | undefined = () => undefined) {
  const asked = new Map<string, number>()
  const server = await wireServer(({ body }, number) => {
    const { text, tools } = hear(body)
    const picture = Number(/picture (\d+)/.exec(text)?.[1])
    const failed = fault(picture, number)
    if (failed) return failed
    const round = `${picture} ${tools.length}`
    const before = asked.get(round) ?? 0
    asked.set(round, before + 1)
    const able = abilities[picture]?.[tools.length === 0 ? 0 : 1] ?? 0
    const said = before % k < able ? picture + 7 : 0
    return { body: completion({ content: `So it is.\n<answer>${said}</answer>` }) }
  })
  return server
}

const screensOf = ({ url }: Server, options = {}) => [
  difficulty({ student: openai({ model: 'student', baseURL: url }), k, ...options }),
]

const teacher = () => scripted(asked => says(String(pictureOf(wordsOf(asked)) + 7)))
const pictureOf = (text: string) => Number(/picture (\d+)/.exec(text)?.[1])
const pictures = (each: ReturnType<typeof teacher>) =>
  each.asked.map(asked => pictureOf(wordsOf(asked))).toSorted((a, b) => a - b)

async function withScreens(
  changes: Partial<Config>,
  work: (run: TestRun, asked: ReturnType<typeof teacher>, server: Server) => Promise<void>,
  fault?: Parameters<typeof student>[0],
) {
  await using server = await student(fault)
  const asked = teacher()
  const setting = {
    sandbox,
    teachers: [asked],
    tasks: tasks(4),
    screens: screensOf(server),
    checks: [answer()],
    filters: [passed('answer')],
    exports: [hf(), verlRl(), screenedOut()],
  }
  await withRun({ ...setting, ...changes }, run => work(run, asked, server))
}

const routes = async ({ folder, store }: TestRun) =>
  Object.fromEntries(
    (await Array.fromAsync(screenedTasks(folder, store))).map(({ id, screening }) => [
      id,
      screening &&
        (screening.by === '' ? screening.route : `${screening.route} ${reasonOf(droppedBy(screening))}`),
    ]),
  )

const screened = {
  'width/1': 'drop difficulty_too_easy',
  'width/2': 'rl difficulty_solved_with_tools',
  'width/3': 'sft',
  'width/4': 'sft',
}

test('the student decides what teachers are asked, and everything is asked once', () =>
  withScreens({}, async (run, asked, server) => {
    const { targets, summary } = await run.run()
    expect(await routes(run)).toEqual(screened)
    expect(pictures(asked)).toEqual([3, 4])
    // The easy one is not tried with tools.
    expect(server.arrived).toHaveLength(k * 7)
    expect(targets).toMatchObject({ hf: { rows: 2 }, verl_rl: { rows: 1 }, screened_out: { rows: 1 } })
    expect(summary.screening).toEqual({
      tasks: 4,
      sft: 2,
      rl: 1,
      unscreened: 0,
      dropped: [{ stage: 'screen', by: 'difficulty', reason: 'too_easy', rows: 1 }],
    })
    await run.run()
    await run.recurate()
    expect(await run.open({}, { asks: 'nobody' }).then(replayRun)).toMatchObject({
      rollouts: 2,
      different: [],
      missing: [],
      extra: [],
    })
    expect(server.arrived).toHaveLength(k * 7)
    expect(asked.asked).toHaveLength(2)
  }))

test('stats, card and manifest say where tasks went, with the reasons and what that cost', () =>
  withScreens({}, async (run, _, server) => {
    await run.run()
    const stats = async () =>
      statsOf((await run.rows()).values() as never, {
        tasks: screenedTasks(run.folder, run.store),
        prices: [[{ models: ['student'], date: '', source: '', ...dear }]],
      })
    const first = await stats()
    // One task is tried k times, the others 2k times.
    const [usd, dropUsd] = [k * 7 * 60, k * 60]
    const routes = { tasks: 4, sft: 2, rl: 1, drop: 1, unscreened: 0 }
    expect(first.funnel.screened).toEqual({ ...routes, usd, dropUsd })
    expect(first.funnel.dropped).toEqual([
      { stage: 'screen', reason: 'difficulty_too_easy', count: 1, usd: dropUsd, examples: ['width/1'] },
    ])
    const printed = printStats(first)
    expect(printed).toMatch(/screen\/difficulty_too_easy +1 +25\.0 % +\$240\.00 +width\/1/)
    expect(printed).toMatch(/cost +\$1680\.00\n +per dropped task +\$240\.00\n/)
    // Screened anew from what is stored, it costs the same; nothing of it is known of a task that is not screened yet.
    await run.recurate({ screens: screensOf(server, { most: 2, solvedFrom: 2 }) })
    const { screened, dropped } = (await stats()).funnel
    expect(screened).toMatchObject({ unscreened: 1, drop: 0, usd: usd - dropUsd, dropUsd: 0 })
    expect(dropped).toMatchObject([{ stage: 'screen', reason: 'unscreened', count: 1, usd: 0 }])
    await run.recurate()
    const read = (file: string) => readFile(join(run.folder, 'export', file), 'utf8')
    expect(await read('README.md')).toMatch(/\| screen \| difficulty\\_too\\_easy \| 1 \|/)
    expect(await read('README.md')).toMatch(/\| screen of tasks \| difficulty \| .*k 4, .* \| 1 \|\n/)
    expect(JSON.parse(await read('manifest.json'))).toMatchObject({
      config: { screens: [{ name: 'difficulty', options: { k } }] },
      funnel: { screening: { rl: 1, sft: 2 }, trajectories: 2 },
    })
  }))

test('other thresholds decide again from what was said, without asking', () =>
  withScreens({}, async (run, asked, server) => {
    await run.run()
    await run.recurate({ screens: screensOf(server, { most: 0 }) })
    expect(await routes(run)).toMatchObject({
      'width/1': 'drop difficulty_too_easy',
      'width/3': 'drop difficulty_too_easy',
    })
    expect(server.arrived).toHaveLength(k * 7)
    expect((await run.rows()).map(({ measured }) => measured.trajectory.task.id)).toEqual(['width/4'])
    const asking = { screens: screensOf(server, { most: 2 }) }
    await Array.fromAsync(comparedRows(await run.open(asking, { asks: 'nobody' })))
    expect(server.arrived).toHaveLength(k * 7)
    // What would have to be asked stays open, and is asked by the next run.
    await run.recurate({ screens: screensOf(server, { most: 2 }) })
    expect(await routes(run)).toMatchObject({ 'width/1': null, 'width/3': 'sft' })
    expect(run.progress.findLast(({ kind }) => kind === 'warning')).toMatchObject({
      message: expect.stringMatching(
        /^1 task could not be screened \(first: screening of width\/1: a reply that is not stored/,
      ),
    })
    await run.run({ screens: screensOf(server, { most: 2 }) })
    expect(await routes(run)).toMatchObject({ 'width/1': 'sft' })
    expect(server.arrived).toHaveLength(k * 8)
    expect(pictures(asked)).toEqual([1, 3, 4])
  }))

test('what the pool asks is not in the cold start', async () => {
  const [pooled = new Uint8Array(), free = new Uint8Array()] = await drawn(2)
  const images = (bytes: Uint8Array) => ({ images: [{ place: 'a drawing', bytes }] })
  const source = widths({}, images(pooled), images(pooled), images(free))
  await withScreens({ tasks: source, filters: [passed('answer'), splitGuard()] }, async run => {
    const { targets } = await run.run()
    expect(await routes(run)).toEqual(screened)
    expect(targets).toMatchObject({ hf: { rows: 1 }, verl_rl: { rows: 1 } })
    const fates = (await run.rows()).map(({ measured, verdict }) => [measured.trajectory.task.id, verdict])
    expect(Object.fromEntries(fates)).toMatchObject({
      'width/3': { keep: false, stage: 'split_guard', reason: 'held_out_image' },
      'width/4': { keep: true },
    })
  })
})

/** Pictures that are told apart. */
async function drawn(count: number): Promise<Uint8Array[]> {
  const drafts = await Array.fromAsync(drawings({ seed: 20260101, count }).read())
  return drafts
    .flatMap(draft => ('images' in draft ? draft.images : []))
    .flatMap(image => ('bytes' in image ? [image.bytes] : []))
}

test('without screens nothing is screened any more', () =>
  withScreens({}, async (run, asked) => {
    await run.run()
    const { summary } = await run.run({ screens: [] })
    expect(await routes(run)).toEqual({})
    expect(summary.screening).toBe(null)
    expect(pictures(asked)).toEqual([1, 2, 3, 4])
  }))

test('a task whose student fails stays unscreened and unasked, and the next run takes it up', () => {
  let broken = true
  const fault = (picture: number) =>
    broken && picture === 3
      ? { status: 400, body: { error: { message: 'no room', code: 'odd' } } }
      : undefined
  return withScreens(
    {},
    async (run, asked, server) => {
      const { summary } = await run.run()
      expect(await routes(run)).toEqual({ ...screened, 'width/3': null })
      expect(pictures(asked)).toEqual([4])
      expect(summary.screening).toMatchObject({ sft: 1, unscreened: 1 })
      expect(run.progress).toContainEqual({
        kind: 'warning',
        message: expect.stringMatching(
          /^1 task could not be screened \(first: screening of width\/3: .*no room/,
        ),
      })
      expect(await run.open({}, { asks: 'nobody' }).then(replayRun)).toMatchObject({ different: [] })
      broken = false
      const before = server.arrived.length
      await run.run()
      expect(await routes(run)).toEqual(screened)
      expect(pictures(asked)).toEqual([3, 4])
      expect(server.arrived).toHaveLength(before + 2 * k)
    },
    fault,
  )
})

test('a student that can never be asked ends the run before a teacher is asked', () =>
  withScreens(
    {},
    async (run, asked) => {
      await expect(run.run()).rejects.toThrow(/wrong key/)
      expect(asked.asked).toEqual([])
    },
    () => ({ status: 401, body: { error: { message: 'wrong key' } } }),
  ))

/** 1 USD for each token of input, 10 for each of output: an answer of the student's costs 60. */
const dear = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e7 }
const free = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }

test('screening is held to the budget, and a higher one goes on from there', async () => {
  await using prices = await ownPrices({ student: dear, scripted: free })
  const limits = { maxTokens: 100, concurrency: 1 }
  await withScreens({ prices: prices.path, limits }, async (run, asked, server) => {
    const most = 50_000
    await expect(run.run({ limits: { ...limits, budgetUsd: 1 } })).rejects.toThrow(BudgetError)
    expect(server.arrived).toHaveLength(0)
    await run.run({ limits: { ...limits, budgetUsd: most } })
    expect(server.arrived).toHaveLength(k * 7)
    expect(asked.asked).toHaveLength(2)
    expect(run.progress.findLast(each => each.kind === 'done' && each.stage === 'screen')).toMatchObject({
      done: 4,
      already: 0,
      usd: k * 7 * 60,
    })
  })
})

test.each([1, 3])(
  'a budget that ends amid screening, %i at once, is kept, and a higher one pays only for the rest',
  async concurrency => {
    await using prices = await ownPrices({ student: dear, scripted: free })
    const limits = { maxTokens: 100, concurrency }
    await withScreens({ prices: prices.path, limits }, async (run, asked, server) => {
      const within = (budgetUsd: number) => run.run({ limits: { ...limits, budgetUsd } })
      const refused = await within(1).then(() => '', String)
      // One call at its worst, and ten that were made: amid the second task.
      const budget = Number(/could cost \$([\d.]+)/.exec(refused)?.[1]) + 10 * 60
      await expect(within(budget)).rejects.toThrow(
        /^the budget of \$[\d.]+ is used up: \$[\d.]+ are spent .*raise limits\.budgetUsd and run again/,
      )
      const made = server.arrived.length
      expect(made).toBeGreaterThan(k)
      expect(made).toBeLessThan(k * 7)
      expect((await costsOf(run.store, await readPrices(prices.path), 0)).total.usd).toBe(made * 60)
      expect(made * 60).toBeLessThanOrEqual(budget)
      expect(asked.asked).toEqual([])
      // What is screened is kept, the rest is said to be open, and nobody is asked.
      const { summary } = await run.recurate()
      expect(await routes(run)).toMatchObject({ 'width/1': screened['width/1'], 'width/4': null })
      expect(summary.screening?.dropped).toMatchObject([{ rows: 1 }])
      expect(server.arrived).toHaveLength(made)
      await within(1e6)
      expect(await routes(run)).toEqual(screened)
      expect(server.arrived).toHaveLength(k * 7)
    })
  },
)

test('a refresh screens anew, once', () =>
  withScreens({ tasks: tasks(2) }, async (run, _, server) => {
    await run.run()
    await run.refresh()
    expect(server.arrived).toHaveLength(2 * k * 3)
    await run.run()
    expect(server.arrived).toHaveLength(2 * k * 3)
  }))

test('a pilot screens only what it tries, and counts what that costs', async () => {
  await using prices = await ownPrices({ student: dear, scripted: free })
  await withScreens({ prices: prices.path }, async (run, asked, server) => {
    const estimate = await pilot(2, await run.open())
    // Pictures 2 and 4: both are tried without and with tools, one is for teachers.
    expect(server.arrived).toHaveLength(k * 4)
    expect(pictures(asked)).toEqual([4])
    expect(estimate).toMatchObject({ tasks: 4, pilot: 2 })
    expect(estimate.usd?.estimate).toBeCloseTo(2 * k * 4 * 60)
    expect(estimate.kept.estimate).toBeCloseTo(2)
    await run.run()
    expect(server.arrived).toHaveLength(k * 7)
    expect(await routes(run)).toEqual(screened)
  })
})

/** Puts every question into other words. */
const rewording: Screen = {
  name: 'rewording',
  version: 1,
  options: {},
  screen: async task => next({ was: task.question }, { ...task, question: `${task.question} Exactly.` }),
}
const dropping: Screen = {
  name: 'dropping',
  version: 1,
  options: {},
  screen: async task =>
    task.question.includes('picture 1,')
      ? route('drop', 'first', task.question)
      : next({ seen: task.question }),
}

test('screens follow each other: the first that decides ends it, and a teacher is asked in the new words', () =>
  withScreens({ tasks: tasks(2), screens: [rewording, dropping] }, async (run, asked) => {
    await run.run()
    const all = await Array.fromAsync(screenedTasks(run.folder, run.store))
    expect(all.map(({ screening }) => screening)).toMatchObject([
      {
        route: 'drop',
        by: 'dropping',
        reason: 'first',
        detail: 'How wide is picture 1, in pixels? Exactly.',
      },
      { route: 'sft', reason: '', data: { rewording: { was: 'How wide is picture 2, in pixels?' } } },
    ])
    expect(asked.asked.map(wordsOf)).toEqual(['How wide is picture 2, in pixels? Exactly.'])
    const [row] = await run.rows()
    expect(row?.measured.trajectory.task).toMatchObject({ id: 'width/2' })
    await run.run({ screens: [dropping, rewording] })
    expect(await routes(run)).toMatchObject({ 'width/1': 'drop dropping_first' })
  }))

test('where screens decide about every task for nothing, what is made of it stays', async () => {
  await using output = await temporaryFolder()
  const config = settings({
    name: 'free',
    output: output.path,
    tasks: tasks(2),
    screens: [{ ...dropping, screen: async () => route('rl', 'all') }],
    teachers: [teacher()],
    tools: [python()],
    sandbox: smallJail(),
    checks: [],
    filters: [],
    exports: [verlRl()],
  })
  {
    const { signal } = new AbortController()
    await using run = await openRun(config, { listen: () => {}, signal, asks: 'anybody' })
    await solveAndDecide(run)
  }
  expect(await readFile(join(config.folder, 'export', 'README.md'), 'utf8')).toContain('verl_rl')
})

test('screens of one name and students in batches are refused before anything is asked', () =>
  withScreens({}, async (run, _, server) => {
    expect(() => run.settings({ screens: [rewording, rewording] })).toThrow(
      /^screens: two are named rewording/,
    )
    const batched = openai({ model: 'student', baseURL: server.url, batch: true })
    expect(() => run.settings({ screens: [difficulty({ student: batched })] })).toThrow(
      /^screens: difficulty asks student in batches, which it cannot wait for/,
    )
  }))
