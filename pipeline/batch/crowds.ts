import type { Clock } from '../ask/clock.ts'
import type { Batcher } from './batch-drafts.ts'

interface Crowd {
  /** When the next batch may be handed in. */
  until: number
  /** How often in a row one was not taken. */
  times: number
  /** Requests of the next batch at most. */
  most: number
}

const minute = 60_000
const longestPause = 15 * minute

/**
 * Where a provider takes no batch for now, the next is handed in minutes later, or as soon as another one of ours has
 * ended. One that was not taken although no other was under way may be too large: the next is half as large.
 */
export function openCrowds(clock: Clock, told: (word: string) => void) {
  const crowds = new Map<Batcher, Crowd>()
  const crowdOf = (teacher: Batcher): Crowd =>
    crowds.get(teacher) ?? { until: 0, times: 0, most: teacher.batch.limits.requests }

  return {
    most: (teacher: Batcher): number => crowdOf(teacher).most,
    /** Milliseconds until the next batch may be handed in. */
    wait: (teacher: Batcher): number => Math.max(0, crowdOf(teacher).until - clock.now()),
    met(teacher: Batcher, why: string, size: number) {
      const { times, most } = crowdOf(teacher)
      const pause = Math.min(minute * 2 ** times, longestPause)
      crowds.set(teacher, { until: clock.now() + pause, times: times + 1, most: Math.min(most, size) })
      const when = `another batch has ended, or ${pause / minute} minutes have passed`
      told(`${why}; the next batch is handed in when ${when}`)
    },
    passed(teacher: Batcher) {
      if (crowds.has(teacher)) crowds.set(teacher, { ...crowdOf(teacher), until: 0, times: 0 })
    },
  }
}
