import { ConfigError } from '../pipeline/errors.ts'
import type { Forecast } from '../pipeline/forecast.ts'
import { pilot, type RunForecast } from '../pipeline/jobs/pilot.ts'
import { dollars } from '../pipeline/spend/purse.ts'
import { guarded } from './guarded.ts'
import { type Format, onRun } from './on-run.ts'
import { table } from './printed-table.ts'
import type { GivenTimes } from './scheduled/times.ts'

export const plan = (path: string, { tasks = '20', ...options }: Format & GivenTimes & { tasks?: string }) =>
  guarded(async () => {
    const count = countOf(tasks)
    await onRun(path, { ...options, asks: 'anybody' }, async run => {
      const forecast = await pilot(count, run)
      const { limits, rollouts } = run.config
      const text = printForecast(forecast, limits.budgetUsd, rollouts.length)
      return { status: 0, result: { forecast }, text }
    })
  })

function countOf(tasks: string): number {
  const count = Number(tasks)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new ConfigError(`--tasks: ${tasks} is no number of tasks; give a whole number from 1`)
}

/** A forecast for a person; `budgetUsd` is what the run may cost. Nothing is forecast of its sources of rollouts. */
export function printForecast(estimate: RunForecast, budgetUsd?: number, brought = 0): string {
  const { tasks, pilot, usd, seconds, kept, tokens, searches } = estimate
  const lines = [
    `Forecast for all ${tasks} tasks, from ${pilot} that were solved now or before (their replies are kept for the run):`,
    table([
      line('cost', usd, dollars, 'a model has no price'),
      line('time', seconds, duration, 'not known: the pilot had nothing left to do'),
      line('rows kept', kept, whole, ''),
      line('tokens in', tokens.input, whole, ''),
      line('tokens out', tokens.output, whole, ''),
      ...(searches.estimate > 0 ? [line('searches', searches, whole, '')] : []),
    ]),
    'Intervals: 95 %, cost, time and tokens by Student’s t over tasks, rows kept by Wilson over tasks. Time at the',
    'config’s concurrency, without waiting for rate limits.',
  ]
  if (brought > 0)
    lines.push(
      `Rollouts that were made elsewhere (${brought} ${brought === 1 ? 'source' : 'sources'}) are not in it: what checks ask models about them costs more.`,
    )
  const most = usd?.interval?.[1] ?? usd?.estimate ?? 0
  if (budgetUsd !== undefined && most > budgetUsd)
    lines.push(`The budget of ${dollars(budgetUsd)} may not be enough.`)
  return lines.join('\n')
}

function line(name: string, forecast: Forecast | null, write: (value: number) => string, unknown: string) {
  if (!forecast) return [name, '-', unknown]
  const { estimate, interval } = forecast
  const range = interval
    ? `${write(interval[0])} to ${write(interval[1])}`
    : 'no interval from so few tasks; try more'
  return [name, write(estimate), range]
}

const whole = (value: number) => String(Math.round(value))

const duration = (seconds: number) =>
  seconds < 120
    ? `${Math.ceil(seconds)} s`
    : seconds < 7200
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`
