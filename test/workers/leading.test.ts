import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { printStatus, statusOf } from '../../cli/watching/status.ts'
import { keepStatus } from '../../cli/watching/status-file.ts'
import { openTally } from '../../cli/watching/tally.ts'
import { realClock } from '../../pipeline/ask/clock.ts'
import type { Config, Settings } from '../../pipeline/config.ts'
import { type Deadline, openDeadline } from '../../pipeline/deadline.ts'
import { BudgetError, DeadlineError } from '../../pipeline/errors.ts'
import { openRun } from '../../pipeline/jobs/open-run.ts'
import { workForLeaders } from '../../pipeline/jobs/open-worker.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import type { Listener } from '../../pipeline/progress.ts'
import { readSqliteStore } from '../../store/sqlite.ts'
import { redis } from '../../workers/redis.ts'
import { WorkersError } from '../../workers/worker-pool.ts'
import { handClock } from '../cli/watching/hand-clock.ts'
import { temporaryFolder } from '../fixtures.ts'
import { configOf } from '../pipeline/merge/dividing.ts'
import { ownPrices } from '../pipeline/own-prices.ts'
import { says, scripted, wordsOf } from '../pipeline/scripted.ts'
import { type RedisServer, redisServer } from '../servers/redis.ts'

let server: RedisServer
let prices: Awaited<ReturnType<typeof ownPrices>>
let here: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  server = await redisServer()
  prices = await ownPrices({ scripted: { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await prices[Symbol.asyncDispose]()
})
beforeEach(async () => {
  here = await temporaryFolder()
  return () => here[Symbol.asyncDispose]()
})

const usage = { input: 16_000, output: 10, cached: 0, reasoning: 0 }
const usdEach = 0.016_01
const tasks = 6

/** Answers the same whoever asks, when it may. */
const teacher = (may = Promise.resolve()) =>
  scripted(async request => {
    await may
    return { ...says(String(7 + (Number(/picture (\d+)/.exec(wordsOf(request))?.[1]) % 2))), usage }
  })

let runs = 0
/** What makes the config of each process of a run. */
function processes(asked = teacher()) {
  const name = `run-${++runs}`
  const config = (changes: Partial<Config> = {}): Settings =>
    configOf(join(here.path, 'shared'), tasks, {
      name,
      teachers: [asked],
      prices: prices.path,
      workers: redis({ url: server.url, lockSeconds: 5 }),
      limits: { concurrency: 2, maxTokens: 10 },
      ...changes,
    })
  return { config, asked: asked.asked }
}

const never = new AbortController().signal
const quiet = () => {}

async function lead(config: Settings, listen: Listener = quiet, deadline?: Deadline): Promise<void> {
  await using run = await openRun(config, { listen, signal: never, asks: 'anybody', leads: true, deadline })
  await solveAndDecide(run)
}

/** A worker, until it is let go of. */
function working(config: Settings, once = false) {
  const stop = new AbortController()
  const ended = workForLeaders(config, { listen: quiet, signal: stop.signal, once })
  ended.catch(quiet)
  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended.catch(quiet)
    },
  }
}

/** A deadline that the leader does not see pass, and its workers at once. */
const passed = () => openDeadline(1, handClock())

test.each([
  ['a budget', { limits: { concurrency: 2, maxTokens: 10, budgetUsd: 0.06 } }, {}, undefined, BudgetError],
  ['--max-cost', {}, { maxCostUsd: 0.06 }, undefined, BudgetError],
  ['--deadline', {}, {}, passed, DeadlineError],
])(
  '%s holds for all workers, and the next leader goes on with them from there',
  async (_, changes, more, until, fault) => {
    const { config, asked } = processes()
    await using _one = working(config(), true)
    await using _two = working(config())
    const limited = { ...config(changes), ...more }
    using deadline = until?.()
    await expect(lead(limited, quiet, deadline)).rejects.toThrow(fault)
    expect(asked.length * usdEach).toBeLessThanOrEqual(0.06)
    expect(asked.length > 0).toBe(until === undefined)
    await lead(config())
    expect(asked).toHaveLength(tasks)
  },
)

test.each([
  [
    'asks something else',
    (): Partial<Config> => ({ teachers: [{ ...teacher(), options: { temperature: 1 } }] }),
    /^the config is another one than its leader's, so it would ask scripted something else; give both the same$/,
  ],
  [
    'measures something else',
    (): Partial<Config> => ({ checks: [{ ...answer(), version: 99 }] }),
    /^the config is another one than its leader's: it has no check answer with the same options; give both the same$/,
  ],
  [
    'measures less',
    (): Partial<Config> => ({ checks: [] }),
    /^the config is another one than its leader's: it has no check answer/,
  ],
  [
    'has another store',
    (): Partial<Config> => ({ output: join(here.path, 'elsewhere') }),
    /^the store in .*elsewhere\/.* does not hold the plan of its leader; give all workers of a run one store$/,
  ],
])(
  'a worker that %s is refused in one line, and the leader says that none is left',
  async (_, changes, line) => {
    const { config, asked } = processes()
    await using worker = working(config(changes()))
    const led = lead(config()).catch((error: unknown) => error)
    await expect(worker.ended).rejects.toThrow(line)
    const error = await led
    expect(error).toBeInstanceOf(WorkersError)
    expect(Object(error).message).toMatch(
      /^no worker is left; the last one \(process \d+ on .*\) ended: the /,
    )
    expect(asked).toEqual([])
  },
)

test('a leader without workers says so and waits for them, and status tells how many there are and what they do', async () => {
  const may = Promise.withResolvers<void>()
  const { config } = processes(teacher(may.promise))
  const [alone, together] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()]
  const tally = openTally(realClock)
  const led = lead(config(), progress => {
    tally.hear(progress)
    if (progress.kind === 'note' && /worker/.test(progress.message)) alone.resolve(progress.message)
    const busy = progress.kind === 'workers' ? progress.workers.filter(({ underWay }) => underWay === 2) : []
    if (busy.length === 2) together.resolve()
  })
  expect(await alone.promise).toBe('no worker is there: start `kindling worker` with this config')
  await using _one = working(config())
  await using _two = working(config())
  await together.promise
  const { folder } = config()
  await keepStatus(folder, ['run', 'x.config.ts'], { tally, clock: realClock })[Symbol.asyncDispose]()
  await using store = await readSqliteStore(folder)
  const status = await statusOf(store, folder)
  const each = { pid: process.pid, underWay: 2, done: 0 }
  expect(status).toMatchObject({ working: true, last: { now: { workers: [each, each] } } })
  expect(printStatus(status)).toMatch(/solving 0\/6, .*2 workers/)
  may.resolve()
  await led
})
