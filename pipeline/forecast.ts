import { normal, shareOf } from '../checks/judges/interval.ts'

/**
 * A number for the whole run, with the interval that holds it in 19 of 20 cases; null where too few tasks were tried.
 */
export interface Forecast {
  estimate: number
  interval: [number, number] | null
}

/**
 * The forecast for `tasks` tasks, when those tried came to `tried` each. The sum of those tried is known; the rest is
 * forecast by Student's t for the sum of further draws (variance s²·(m²/k + m)). The tasks tried have to be a fair
 * sample.
 */
export function forecastSum(tried: readonly number[], tasks: number): Forecast {
  const known = tried.reduce((sum, value) => sum + value, 0)
  const [count, rest] = [tried.length, Math.max(0, tasks - tried.length)]
  const mean = count > 0 ? known / count : 0
  const estimate = known + rest * mean
  if (rest === 0) return { estimate, interval: [estimate, estimate] }
  if (count < 2) return { estimate, interval: null }
  const variance = tried.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const margin = quantile(count - 1) * Math.sqrt(variance * (rest ** 2 / count + rest))
  return { estimate, interval: [Math.max(known, estimate - margin), estimate + margin] }
}

/**
 * How many of `of` things come out well, when of each task tried that share (0 to 1) did: Wilson's interval with tasks
 * as trials, because rollouts of one task are alike.
 */
export function forecastShare(tried: readonly number[], of: number): Forecast {
  const count = tried.length
  if (count === 0) return { estimate: 0, interval: null }
  const right = tried.reduce((sum, value) => sum + value, 0)
  const { estimate, low, high } = shareOf({ right, of: count })
  return { estimate: estimate * of, interval: [of * low, of * high] }
}

/** The 0.975 quantile of Student's t: exact for one and two degrees of freedom, else Cornish and Fisher's expansion. */
function quantile(degrees: number): number {
  if (degrees === 1) return 12.7062
  if (degrees === 2) return 4.3027
  const z = normal
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}
