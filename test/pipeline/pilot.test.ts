import { afterAll, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { printForecast } from '../../cli/plan.ts'
import { passed } from '../../filters/passed.ts'
import { forecastShare, forecastSum } from '../../pipeline/forecast.ts'
import { pilot } from '../../pipeline/jobs/pilot.ts'
import { smallJail } from '../small-jail.ts'
import { ownPrices } from './own-prices.ts'
import { says, scripted, type TestRun, tasks, withRun, wordsOf } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Evenly spread numbers from 0 to 1 that anyone can have again (Park and Miller). */
function numbers(seed: number) {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** How often the interval holds what came out, of 2,000 runs of 300 tasks with a pilot of 20. */
function coverage(draw: (random: () => number) => number, holds: (values: number[]) => boolean) {
  const random = numbers(7)
  let held = 0
  for (let run = 0; run < 2000; run++) if (holds(Array.from({ length: 300 }, () => draw(random)))) held++
  return held / 2000
}

const within = (value: number, interval: [number, number] | null) =>
  interval !== null && interval[0] <= value && value <= interval[1]

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

test('the interval of a sum holds it in some 19 of 20 runs', () => {
  const costs = (random: () => number) => 1 + sum(Array.from({ length: 6 }, random))
  const held = coverage(costs, values => within(sum(values), forecastSum(values.slice(0, 20), 300).interval))
  expect(held).toBeGreaterThan(0.93)
  expect(held).toBeLessThan(0.97)
})

test('the interval of a share holds what the tasks have in truth in some 19 of 20 runs, also near one', () => {
  for (const truth of [0.5, 0.9]) {
    const kept = (random: () => number) => (random() < truth ? 1 : 0)
    const held = coverage(kept, values =>
      within(truth * 300, forecastShare(values.slice(0, 20), 300).interval),
    )
    expect(held).toBeGreaterThan(0.92)
  }
})

test('what was tried is known, and the rest is not', () => {
  expect(forecastSum([2, 4], 2)).toEqual({ estimate: 6, interval: [6, 6] })
  expect(forecastSum([2], 3)).toEqual({ estimate: 6, interval: null })
  expect(forecastSum([2, 2, 2], 30)).toEqual({ estimate: 60, interval: [60, 60] })
  expect(forecastSum([0, 10, 0], 300).interval?.[0]).toBe(10)
  const all = forecastShare(Array(20).fill(1), 100)
  expect(all.estimate).toBe(100)
  expect(all.interval?.[0]).toBeGreaterThan(75)
  expect(all.interval?.[1]).toBe(100)
})

/** Right about every other picture. */
const teacher = () =>
  scripted(asked => {
    const picture = Number(/picture (\d+)/.exec(wordsOf(asked))?.[1])
    const usage = { input: 1000, output: picture, cached: 0, reasoning: 0 }
    return { ...says(picture % 2 === 0 ? `${picture + 7}` : 'wrong'), usage }
  })

const pictures = (each: ReturnType<typeof teacher>) =>
  each.asked.map(asked => Number(/picture (\d+)/.exec(wordsOf(asked))?.[1])).toSorted((a, b) => a - b)

const estimate = (run: TestRun, count: number) => run.open().then(opened => pilot(count, opened))

test('a pilot really runs tasks that are spread over all, forecasts the run, and is not paid again', async () => {
  await using prices = await ownPrices({
    scripted: { input: 1000, cachedInput: 1, cacheWrite: 1, output: 1e6 },
  })
  const asked = teacher()
  const setting = {
    sandbox,
    teachers: [asked],
    tasks: tasks(9),
    checks: [answer()],
    filters: [passed('answer')],
  }
  await withRun({ ...setting, prices: prices.path }, async run => {
    const found = await estimate(run, 3)
    expect(pictures(asked)).toEqual([2, 5, 8])
    expect(found).toMatchObject({
      tasks: 9,
      pilot: 3,
      tokens: { input: { estimate: 9000 }, output: { estimate: 45 } },
    })
    // Each call costs one dollar of input, and one for each token of output.
    expect(found.usd?.estimate).toBeCloseTo(54)
    expect(found.usd?.interval?.[0]).toBeLessThan(54)
    expect(found.kept.estimate).toBeCloseTo(6)
    expect(found.seconds?.estimate).toBeGreaterThan(0)
    await expect(run.rows()).rejects.toThrow(/no decisions yet/)

    const again = await estimate(run, 3)
    expect(asked.asked).toHaveLength(3)
    expect(again).toMatchObject({ usd: found.usd, kept: found.kept, seconds: null })
    await run.run()
    expect(pictures(asked)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(printForecast(found, 20, 1)).toMatch(/made elsewhere \(1 source\) are not in it/)
    expect(printForecast(found, 20)).not.toContain('made elsewhere')
    expect(printForecast(found, 20)).toMatch(
      /cost +\$54\.00 +\$\d+\.\d\d to \$\d+\.\d\d\n[\s\S]*budget of \$20\.00 may not be enough/,
    )
  })
})

test('a pilot of everything forecasts what is known, and tokens where there is no price', () => {
  const asked = teacher()
  return withRun({ sandbox, teachers: [asked], tasks: tasks(2) }, async run => {
    const found = await estimate(run, 20)
    expect(found).toMatchObject({
      pilot: 2,
      usd: null,
      tokens: { input: { estimate: 2000, interval: [2000, 2000] } },
    })
    expect(printForecast(found)).toMatch(/cost +- +a model has no price/)
  })
})
