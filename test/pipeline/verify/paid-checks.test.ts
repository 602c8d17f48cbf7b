import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { judge } from '../../../checks/judges/judge.ts'
import { toolNecessity } from '../../../checks/judges/tool-necessity.ts'
import { costsOf } from '../../../cli/numbers/costs.ts'
import { passed } from '../../../filters/passed.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import type { Config } from '../../../pipeline/config.ts'
import { BudgetError } from '../../../pipeline/errors.ts'
import { pilot } from '../../../pipeline/jobs/pilot.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { reasonOf } from '../../../schemas/drop.ts'
import { openai } from '../../../teachers/openai.ts'
import { readPrices } from '../../../teachers/prices.ts'
import type { Teacher } from '../../../teachers/teacher.ts'
import { hear, type Say } from '../../checks/judging.ts'
import { smallJail } from '../../small-jail.ts'
import { completion, wireServer } from '../../teachers/wire-server.ts'
import { ownPrices } from '../own-prices.ts'
import { runs, says, scripted, type TestRun, tasks, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Free text, so that only a judge can say whether "the Big Apple" is right. */
const cities = (count: number) =>
  widths(...Array.from({ length: count }, () => ({ answer: 'New York City', answerType: 'text' as const })))

/** A run whose answers one judge decides about, at a real server. */
async function withJudge(
  say: Say,
  changes: Partial<Config>,
  work: (run: TestRun, server: Awaited<ReturnType<typeof wireServer>>) => Promise<void>,
) {
  await using server = await wireServer(({ body }, number) => {
    const said = say(hear(body), number)
    return typeof said === 'string' ? { body: completion({ content: said }) } : said
  })
  const checks = [judge({ models: [openai({ model: 'judge-a', baseURL: server.url })] })]
  const teachers = [scripted(() => says('the Big Apple'))]
  const setting = { sandbox, teachers, tasks: cities(3), tools: [], checks, filters: [passed('judge')] }
  await withRun({ ...setting, exports: [rejected()], ...changes }, run => work(run, server as never))
}

const accepting: Say = ({ verdict }) => verdict('same')

const reasons = async (run: TestRun) =>
  (await run.rows()).map(({ verdict }) => (verdict.keep ? 'kept' : reasonOf(verdict))).toSorted()

const replayOf = (run: TestRun, changes: Partial<Config> = {}) =>
  run.open(changes, { asks: 'nobody' }).then(replayRun)

test('a judge is paid once: running, deciding and replaying again ask nobody, and the replay is the same', () =>
  withJudge(accepting, {}, async (run, server) => {
    await run.run()
    expect(await reasons(run)).toEqual(['kept', 'kept', 'kept'])
    expect(server.arrived).toHaveLength(3)
    await run.run()
    await run.recurate({ filters: [passed('judge'), passed()] })
    await run.run()
    expect(await replayOf(run)).toMatchObject({ rollouts: 3, different: [], missing: [], extra: [] })
    expect(server.arrived).toHaveLength(3)
    const { teachers } = await costsOf(run.store, await readPrices(), 3)
    expect(teachers['judge-a']).toMatchObject({ calls: 3, usage: { input: 30, output: 15 } })
  }))

test('where a judge fails the row stays undecided, the run ends, and the next one asks only about it', () => {
  let broken = true
  const say: Say = heard =>
    broken && heard.text.includes('picture 2')
      ? { status: 400, body: { error: { message: 'too busy to read', code: 'odd' } } }
      : accepting(heard, 0)
  return withJudge(say, {}, async (run, server) => {
    await run.run()
    expect(await reasons(run)).toEqual(['kept', 'kept', 'unchecked'])
    expect(run.progress).toContainEqual({
      kind: 'warning',
      message: expect.stringMatching(/^1 fact could not be measured \(first: judge of width\/2: .*too busy/),
    })
    // What is undecided there is undecided here.
    expect(await replayOf(run)).toMatchObject({ different: [], missing: [], extra: [] })
    broken = false
    const before = server.arrived.length
    await run.run()
    expect(await reasons(run)).toEqual(['kept', 'kept', 'kept'])
    expect(server.arrived).toHaveLength(before + 1)
  })
})

test('a judge that can never be asked ends the run', () =>
  withJudge(
    () => ({ status: 401, body: { error: { message: 'wrong key' } } }),
    {},
    async run => {
      await expect(run.run()).rejects.toThrow(/wrong key/)
    },
  ))

test('deciding anew with a judge that was never asked leaves the rows undecided, asks nobody, and says so', () =>
  withJudge(accepting, {}, async (run, server) => {
    await run.run({ checks: [answer()], filters: [] })
    await run.recurate()
    expect(server.arrived).toHaveLength(0)
    expect(await reasons(run)).toEqual(['unchecked', 'unchecked', 'unchecked'])
    expect(run.progress.findLast(({ kind }) => kind === 'warning')).toMatchObject({
      message: expect.stringMatching(
        /^3 facts could not be measured \(first: judge of width\/\d: a reply that is not stored/,
      ),
    })
    await run.run()
    expect(await reasons(run)).toEqual(['kept', 'kept', 'kept'])
  }))

/** 1 USD for each token of input, 10 for each of output: a verdict costs 60, and could cost some 10,000. */
const dear = { input: 1e6, cachedInput: 1e6, cacheWrite: 1e6, output: 1e7 }
const free = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }

test('judges are held to the budget: what is measured stays, and a higher one goes on from there', async () => {
  await using prices = await ownPrices({ 'judge-a': dear, scripted: free })
  const limits = { maxTokens: 100, concurrency: 1 }
  await withJudge(accepting, { prices: prices.path, limits }, async (run, server) => {
    const measured = () => run.store.count('facts')
    await expect(run.run({ limits: { ...limits, budgetUsd: 100 } })).rejects.toThrow(BudgetError)
    expect(server.arrived).toHaveLength(0)
    // One call at its worst and one that was made.
    const worst = await worstOf(run)
    await expect(run.run({ limits: { ...limits, budgetUsd: worst + 100 } })).rejects.toThrow(/is used up/)
    expect(server.arrived).toHaveLength(2)
    expect(await measured()).toBe(2)
    await run.recurate({ limits: { ...limits, budgetUsd: worst + 100 } })
    expect(await reasons(run)).toEqual(['kept', 'kept', 'unchecked'])
    await run.run({ limits: { ...limits, budgetUsd: 1e6 } })
    expect(server.arrived).toHaveLength(3)
    expect(run.progress.findLast(each => each.kind === 'done' && each.stage === 'verify')).toMatchObject({
      done: 3,
      already: 2,
      usd: 180,
    })
  })
})

/** What the refused call could have cost, by its own words. */
async function worstOf(run: TestRun): Promise<number> {
  const message = await run
    .run({ limits: { maxTokens: 100, concurrency: 1, budgetUsd: 1 } })
    .then(() => '', String)
  return Number(/could cost \$([\d.]+)/.exec(message)?.[1])
}

test('a refresh asks the judges anew too, once', () =>
  withJudge(accepting, { tasks: cities(2) }, async (run, server) => {
    await run.run()
    await run.refresh()
    expect(server.arrived).toHaveLength(4)
    await run.run()
    expect(server.arrived).toHaveLength(4)
  }))

test('a refresh that breaks off among the judges is gone on with', () => {
  let broken = false
  const say: Say = (heard, number) =>
    broken && number > 3 ? { status: 402, body: { error: { message: 'gone' } } } : accepting(heard, 0)
  return withJudge(say, { tasks: cities(2), limits: { concurrency: 1 } }, async (run, server) => {
    await run.run()
    broken = true
    await expect(run.refresh()).rejects.toThrow(/gone/)
    broken = false
    const before = server.arrived.length
    await run.refresh()
    // Of the refresh's two one was answered.
    expect(server.arrived).toHaveLength(before + 1)
  })
})

test('a judge in batches is refused before anything is asked', () => {
  const batched = openai({ model: 'judge-a', baseURL: 'http://127.0.0.1:9', batch: true })
  return withJudge(accepting, {}, async run => {
    expect(() => run.settings({ checks: [judge({ models: [batched] })] })).toThrow(
      /^checks: judge asks judge-a in batches, which it cannot wait for; give it the model without/,
    )
  })
})

test('tries of one task are made once for all its rollouts, and rollouts of the run count as tries', async () => {
  // With tools it is right, without not.
  const student = scripted(({ system }) => says(system.includes('no tools') ? '0' : '8'), { samples: 2 })
  const check = toolNecessity({ student, k: 4 })
  const setting = { sandbox, teachers: [student], tasks: tasks(1), tools: [], checks: [check] }
  await withRun(setting, async run => {
    await run.run()
    // Two rollouts of the run, four tries without, and two more with.
    expect(student.asked).toHaveLength(8)
    expect(student.asked.map(({ sample }) => sample).toSorted()).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    const rows = await run.rows()
    expect(rows.map(({ measured }) => measured.facts[0])).toEqual(
      Array(2).fill(
        expect.objectContaining({ passed: true, data: expect.objectContaining({ without: 0, with: 4 }) }),
      ),
    )
    expect(await run.store.count('trajectories')).toBe(2)
    await run.run()
    await replayOf(run)
    expect(student.asked).toHaveLength(8)
  })
})

/** Counts how often Python was opened for code of a model's. */
function counting() {
  const counted = { ...sandbox, opened: 0 }
  return Object.assign(counted, {
    open(...options: Parameters<typeof sandbox.open>) {
      // The Python that checks read code with is given no files.
      if (Object.keys(options[0].files).length > 0) counted.opened++
      return sandbox.open(...options)
    },
  })
}

/** Measures with Python where it has it. */
const measuring = (changes: Partial<Teacher> = {}) =>
  scripted(
    ({ turns, tools }) => (turns.length === 0 && tools.length > 0 ? runs('image_1.width') : says('8')),
    changes,
  )

test('a try is worked through once, whoever needs it at the same time, and not at all where a rollout was the same', async () => {
  for (const [student, opened] of [
    // Beside the one that opens the pictures: two rollouts of the teacher’s, two tries of the student’s.
    [measuring({ name: 'student' }), 1 + 4],
    [measuring({ samples: 2 }), 1 + 2],
  ] as const) {
    const counted = counting()
    const teachers = [student.name === 'student' ? measuring({ samples: 2 }) : student]
    const checks = [toolNecessity({ student, k: 2 })]
    await withRun({ sandbox: counted, teachers, tasks: tasks(1), checks }, async run => {
      await run.run()
      expect((await run.rows()).map(({ measured }) => measured.facts[0]?.data)).toEqual(
        Array(2).fill(expect.objectContaining({ with: 2 })),
      )
      expect(counted.opened).toBe(opened)
    })
  }
})

test('tries under a prompt of their own keep the limits of their model', async () => {
  const under = { now: 0, most: 0 }
  const student = scripted(() => says('8'), { name: 'student', limits: { concurrency: 1 } })
  const watched: Teacher = {
    ...student,
    async ask(...given) {
      under.most = Math.max(under.most, ++under.now)
      return await student.ask(...given).finally(() => under.now--)
    },
  }
  const checks = [toolNecessity({ student: watched, k: 2 })]
  const teachers = [scripted(() => says('8'))]
  await withRun({ sandbox, teachers, tasks: tasks(4), tools: [], checks }, run => run.run().then(() => {}))
  expect(student.asked).toHaveLength(16)
  expect(under.most).toBe(1)
})

test('a pilot counts what checks cost', async () => {
  await using prices = await ownPrices({ 'judge-a': dear, scripted: free })
  await withJudge(accepting, { prices: prices.path, tasks: cities(4) }, async (run, server) => {
    const estimate = () => run.open().then(opened => pilot(2, opened))
    const first = await estimate()
    // 10 tokens of input and 5 of output for each task.
    expect(first.usd?.estimate).toBeCloseTo(4 * 60)
    expect(first.tokens).toMatchObject({ input: { estimate: 4 * 20 }, output: { estimate: 4 * 10 } })
    expect((await estimate()).usd?.estimate).toBeCloseTo(4 * 60)
    expect(server.arrived).toHaveLength(2)
  })
})
