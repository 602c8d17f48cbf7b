import type { Screening } from '../../schemas/screening.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { type TaskList, taskList } from '../../tasks/task-list.ts'
import type { Prices } from '../../teachers/prices.ts'
import { type Settings, servicesOf } from '../config.ts'
import { decideAll } from '../decide/decide.ts'
import { type Forecast, forecastShare, forecastSum } from '../forecast.ts'
import { makePlan, type Plan } from '../plan.ts'
import type { Listener } from '../progress.ts'
import { demandOpened } from '../rollout/opened-pictures.ts'
import type { Run } from '../run.ts'
import { screen } from '../screen/screen.ts'
import { toSolve } from '../screen/screenings.ts'
import { solve } from '../solve/solve.ts'
import { calls, costOf } from '../spend/ledger.ts'
import { pricesOf } from '../spend/spending.ts'
import { plusUsd, plusUsed, type Used, usedBy } from '../spend/usage-cost.ts'
import { verify } from '../verify/verify.ts'
import { takeIn } from './prepare.ts'

/** What a whole run is likely to come to, from the tasks that were tried. */
export interface RunForecast {
  tasks: number
  /** Tasks that were tried. */
  pilot: number
  /** USD for the whole run, what was tried included; null where a model has no price. */
  usd: Forecast | null
  /** Seconds that the whole run works at its concurrency; null where the pilot had nothing left to do. */
  seconds: Forecast | null
  /** Rows that the filters keep. */
  kept: Forecast
  tokens: { input: Forecast; output: Forecast }
  /** Searches that found something, and their price in `usd`: at most, because the same search is made once. */
  searches: Forecast
}

/**
 * Really run `count` tasks, spread evenly over all, and forecast the whole from them. The run goes on from their
 * replies: nothing is paid again. What it writes is only in the store; decisions and exports stay as they were.
 */
export async function pilot(count: number, run: Run): Promise<RunForecast> {
  const list = await takeIn(run)
  await demandOpened(taskList(run.store, list.fingerprint), run)
  const ids = await taskIds(list, run.store)
  const only = new Set(spread(ids, count))
  const { timed, took } = timing(run)
  await screen(list, timed, only)
  const plan = await pilotPlan(list, only, run)
  // The tasks tried are a fair sample of all; what `fill` would leave out is not known yet.
  const { fill: _, ...unsteered } = run.config
  await solve(plan, { ...timed, config: unsteered })
  await verify(plan, timed)
  const tried = await measure(plan, only, run)
  return forecastRun(tried, [...took.values()], ids.length, run.config)
}

/** The run, and the milliseconds that each task takes in it, by its id. */
function timing(run: Run): { timed: Run; took: ReadonlyMap<string, number> } {
  const took = new Map<string, number>()
  const listen: Listener = progress => {
    if (progress.kind === 'done' && progress.task !== undefined)
      took.set(progress.task, (took.get(progress.task) ?? 0) + (progress.ms ?? 0))
    run.listen(progress)
  }
  return { timed: { ...run, listen }, took }
}

/** All tasks, in an order that does not depend on the config. */
async function taskIds(list: TaskList, store: Store): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of taskList(store, list.fingerprint)) ids.push(id)
  return ids.sort()
}

/** What is to be solved of these tasks. */
async function pilotPlan(list: TaskList, only: ReadonlySet<string>, run: Run): Promise<Plan> {
  async function* tasks() {
    for await (const task of toSolve(list, run)) if (only.has(task.id)) yield task
  }
  const plan = await makePlan(list.fingerprint, run, tasks())
  return { ...plan, within: ({ task }) => only.has(task.id) }
}

/** The middles of `count` equal stretches. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: Math.min(count, items.length) }, (_, index) => {
    const step = items.length / Math.min(count, items.length)
    return items[Math.floor((index + 0.5) * step)] as T
  })

interface Tried extends Used {
  rollouts: number
  kept: number
  searches: number
}

async function measure(plan: Plan, ids: ReadonlySet<string>, run: Run): Promise<Tried[]> {
  const { config } = run
  const prices = await pricesOf(config)
  const beside = await besideRollouts(run.store, prices)
  const servicePrices = new Map(servicesOf(config).map(({ name, usdPerCall }) => [name, usdPerCall ?? null]))
  const tried = new Map(
    [...ids].map((id): [string, Tried] => [id, { rollouts: 0, kept: 0, searches: 0, ...beside }]),
  )
  for await (const { measured, verdict } of decideAll(plan, run)) {
    const task = tried.get(measured.trajectory.task.id)
    if (!task) continue
    Object.assign(task, plusUsed(task, usedBy(measured.trajectory, prices)))
    addSearches(task, measured.trajectory, servicePrices)
    task.rollouts++
    if (verdict.keep) task.kept++
  }
  return [...tried.values()]
}

/**
 * What calls used that are in no rollout (screens, checks, tries, calls that broke off), for each task that was ever
 * tried. The ledger puts them down by model, not by task.
 */
async function besideRollouts(store: Store, prices: Prices): Promise<Used> {
  let beside: Used = { usd: 0, input: 0, output: 0 }
  for await (const call of calls(store)) {
    if ('service' in call) continue
    const { input = 0, output = 0 } = call.usage ?? {}
    beside = plusUsed(beside, { usd: costOf(call, prices), input, output })
  }
  const tasks = new Set<string>()
  for await (const { value } of store.scan<Trajectory>('trajectories')) {
    tasks.add(value.task.id)
    beside = plusUsed(beside, usedBy(value, prices), -1)
  }
  for await (const { value } of store.scan<Screening>('screenings')) tasks.add(value.task.id)
  const each = (total: number) => Math.max(0, total) / Math.max(1, tasks.size)
  const { usd, input, output } = beside
  return { usd: usd === null ? null : each(usd), input: each(input), output: each(output) }
}

function addSearches(task: Tried, { turns }: Trajectory, prices: ReadonlyMap<string, number | null>) {
  const observations = turns.flatMap(turn => turn.observations)
  for (const { data } of observations) {
    if (data?.kind !== 'results') continue
    const usd = prices.has(data.provider) ? (prices.get(data.provider) ?? null) : 0
    task.searches++
    task.usd = plusUsd(task.usd, usd)
  }
}

function forecastRun(tried: Tried[], ms: number[], tasks: number, { limits }: Settings): RunForecast {
  const usd = tried.flatMap(each => (each.usd === null ? [] : [each.usd]))
  const total = (count: (task: Tried) => number) => forecastSum(tried.map(count), tasks)
  const rollouts = total(each => each.rollouts)
  const shares = tried.flatMap(({ kept, rollouts }) => (rollouts > 0 ? [kept / rollouts] : []))
  const lanes = Math.min(limits.concurrency, Math.max(1, rollouts.estimate))
  const seconds = ms.map(each => each / 1000 / lanes)
  return {
    tasks,
    pilot: tried.length,
    usd: usd.length === tried.length ? forecastSum(usd, tasks) : null,
    seconds: seconds.length > 0 ? forecastSum(seconds, tasks) : null,
    kept: forecastShare(shares, rollouts.estimate),
    tokens: { input: total(each => each.input), output: total(each => each.output) },
    searches: total(each => each.searches),
  }
}
