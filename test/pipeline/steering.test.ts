import { afterAll, expect, test } from 'vitest'
import { type Check, fail, pass } from '../../filters/check.ts'
import { passed } from '../../filters/passed.ts'
import { quotas } from '../../filters/quotas.ts'
import { stillWanted } from '../../pipeline/steering.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { temporaryFolder } from '../fixtures.ts'
import { countingTeacher } from './counting-teacher.ts'
import { exported, runOnce } from './killing.ts'
import { says, scripted, type TestRun, widths, withRun, wordsOf } from './scripted.ts'

const sandbox = bubblewrap()
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
  const start = (runs: string, fuse?: number) =>
    runOnce(
      {
        config: 'test/pipeline/steering-kill.config.ts',
        env: { TEACHER_URL: server.url, RUNS: runs },
        events: server.events,
      },
      fuse,
    )
  await start(whole.path)
  const requests = new Set(server.asked.keys())
  server.asked.clear()
  const fuses = Array.from({ length: 5 }, () => 3 + Math.floor(Math.random() * 15))
  let kills = 0
  for (const fuse of fuses) if ((await start(broken.path, fuse)) === 'killed') kills++
  await start(broken.path)
  expect(kills, `killed after ${fuses} events`).toBeGreaterThan(1)
  expect(await exported(broken.path), `killed after ${fuses} events`).toEqual(await exported(whole.path))
  expect(new Set(server.asked.keys())).toEqual(requests)
})

test('what is wanted is what is missing', () => {
  expect(stillWanted({ chart: 5, flag: 2, map: 1 }, { chart: 3, flag: 4 })).toEqual({ chart: 2, map: 1 })
})
