import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { passed } from '../../../filters/passed.ts'
import { keepPrices } from '../../../pipeline/spend/kept-prices.ts'
import { ownPrices } from '../../pipeline/own-prices.ts'
import { says, scripted, type TestRun, tasks, withRun, wordsOf } from '../../pipeline/scripted.ts'
import { smallJail } from '../../small-jail.ts'
import { compared } from './exports.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** What the replies of a run of two tasks use, and how many of them are right. */
interface Used {
  input: number
  output: number
  right?: number
}

/** Two runs at $1 for a million tokens in and $10 out. */
async function withRuns([before, after]: [Used, Used], work: (paths: [string, string]) => Promise<void>) {
  await using prices = await ownPrices({ scripted: { input: 1, cachedInput: 1, cacheWrite: 0, output: 10 } })
  const solved = async ({ input, output, right = 2 }: Used, next: (run: TestRun) => Promise<void>) => {
    const teacher = scripted(asked => {
      const picture = Number(wordsOf(asked).match(/picture (\d+)/)?.[1])
      const usage = { input, output, cached: 0, reasoning: 0 }
      return { ...says(String(picture <= right ? 7 + picture : 90)), usage }
    })
    const config = { checks: [answer()], filters: [passed()], prices: prices.path }
    await withRun(
      { sandbox, teachers: [teacher], tasks: tasks(2), limits: { concurrency: 1 }, ...config },
      async run => {
        await run.run()
        await keepPrices(run.settings())
        await next(run)
      },
    )
  }
  await solved(before, one => solved(after, other => work([one.folder, other.folder])))
}

const costs: [what: string, runs: [Used, Used], line: RegExp, rise: number][] = [
  [
    'as much',
    [
      { input: 1e6, output: 1e5 },
      { input: 1e6, output: 1e5 },
    ],
    /^cost 0\.0 % \(a kept row took \$2\.00, and takes \$2\.00 now\)/,
    0,
  ],
  [
    'more for longer replies',
    [
      { input: 1e6, output: 1e5 },
      { input: 1e6, output: 2e5 },
    ],
    /^cost 50\.0 % \(a kept row took \$2\.00, and takes \$3\.00 now\)/,
    0.5,
  ],
  [
    'less for shorter questions',
    [
      { input: 3e6, output: 1e5 },
      { input: 1e6, output: 1e5 },
    ],
    /^cost -50\.0 % \(a kept row took \$4\.00, and takes \$2\.00 now\)/,
    -0.5,
  ],
  [
    'more where one of two rows is dropped',
    [
      { input: 1e6, output: 1e5 },
      { input: 1e6, output: 1e5, right: 1 },
    ],
    /^cost 100\.0 % \(a kept row took \$2\.00, and takes \$4\.00 now\)/,
    1,
  ],
]

test.each(costs)('a run that costs %s is held to its limit', (_, runs, line, rise) =>
  withRuns(runs, async paths => {
    for (const limit of [rise - 0.001, rise + 0.001]) {
      const { gate } = await compared(...paths, { cost: Math.max(0, limit) })
      expect(gate).toMatchObject([
        { name: 'cost', found: expect.closeTo(rise, 9), passed: rise > Math.max(0, limit) },
      ])
      expect(gate[0]?.line).toMatch(line)
    }
  }),
)
