import { expect, test } from 'vitest'
import type { Limiter, Rate } from '../../store/limiter.ts'

/** Slow enough that the time a test takes earns nothing: a unit takes a minute. */
const slow: Rate = { perMinute: 1, burst: 3 }
const minute = 60_000

/** What every limiter must do. A new one is done when this passes. `open` opens the same one again each time. */
export function limiterConformance(withLimiter: (test: (open: () => Limiter) => void) => Promise<void>) {
  const limiter = (title: string, work: (open: () => Limiter) => void) => test(title, () => withLimiter(work))
  const minutes = (milliseconds: number) => Math.round((10 * milliseconds) / minute) / 10

  limiter('lets a burst through at once, and then one after another', open => {
    using limiter = open()
    const waits = Array.from({ length: 6 }, () => minutes(limiter.reserve('key', 1, slow)))
    expect(waits).toEqual([0, 0, 0, 1, 2, 3])
  })

  limiter('lets what costs more than a burst wait for what came before it only', open => {
    using limiter = open()
    const waits = [10, 1, 2].map(cost => minutes(limiter.reserve('key', cost, slow)))
    expect(waits).toEqual([0, 8, 10])
  })

  limiter('gives back what was reserved and not used, and takes what was used beyond it', open => {
    using limiter = open()
    limiter.reserve('key', 10, slow)
    limiter.settle('key', -6, slow)
    expect(minutes(limiter.reserve('key', 1, slow))).toBe(2)
    limiter.settle('key', 5, slow)
    expect(minutes(limiter.reserve('key', 1, slow))).toBe(8)
  })

  limiter('does not save up more than a burst', open => {
    using limiter = open()
    limiter.reserve('key', 1, slow)
    limiter.settle('key', -100, slow)
    const waits = Array.from({ length: 4 }, () => minutes(limiter.reserve('key', 1, slow)))
    expect(waits).toEqual([0, 0, 0, 1])
  })

  limiter('keeps keys apart, and settles one that it does not know', open => {
    using limiter = open()
    limiter.reserve('a', 10, slow)
    limiter.settle('c', 10, slow)
    expect(limiter.reserve('b', 3, slow)).toBe(0)
    expect(limiter.reserve('c', 3, slow)).toBe(0)
  })

  limiter('shares a rate with everyone who opens it, also later', open => {
    {
      using one = open()
      using other = open()
      expect([one, other, one].map(each => minutes(each.reserve('key', 1, slow)))).toEqual([0, 0, 0])
      expect(minutes(other.reserve('key', 1, slow))).toBe(1)
    }
    using later = open()
    expect(minutes(later.reserve('key', 1, slow))).toBe(2)
  })
}
