import { expect, test } from 'vitest'
import type { Limiter, Rate } from '../../store/limiter.ts'

/** Slow enough that the time a test takes earns nothing: a unit takes a minute. */
const slow: Rate = { perMinute: 1, burst: 3 }
const minute = 60_000

/** What every limiter must do. A new one is done when this passes. `open` opens the same one again each time. */
export function limiterConformance(
  withLimiter: (test: (open: () => Limiter) => Promise<void>) => Promise<void>,
) {
  const limiter = (title: string, work: (open: () => Limiter) => Promise<void>) =>
    test(title, () => withLimiter(work))
  const minutes = (milliseconds: number) => Math.round((10 * milliseconds) / minute) / 10
  /** One after the other. */
  const waitsOf = async (limiters: readonly Limiter[], costs: readonly number[]) => {
    const waits: number[] = []
    for (const [index, cost] of costs.entries())
      waits.push(minutes((await limiters[index % limiters.length]?.reserve('key', cost, slow)) ?? -1))
    return waits
  }

  limiter('lets a burst through at once, and then one after another', async open => {
    using limiter = open()
    expect(await waitsOf([limiter], [1, 1, 1, 1, 1, 1])).toEqual([0, 0, 0, 1, 2, 3])
  })

  limiter('lets what costs more than a burst wait for what came before it only', async open => {
    using limiter = open()
    expect(await waitsOf([limiter], [10, 1, 2])).toEqual([0, 8, 10])
  })

  limiter('gives back what was reserved and not used, and takes what was used beyond it', async open => {
    using limiter = open()
    await limiter.reserve('key', 10, slow)
    await limiter.settle('key', -6, slow)
    expect(minutes(await limiter.reserve('key', 1, slow))).toBe(2)
    await limiter.settle('key', 5, slow)
    expect(minutes(await limiter.reserve('key', 1, slow))).toBe(8)
  })

  limiter('does not save up more than a burst', async open => {
    using limiter = open()
    await limiter.reserve('key', 1, slow)
    await limiter.settle('key', -100, slow)
    expect(await waitsOf([limiter], [1, 1, 1, 1])).toEqual([0, 0, 0, 1])
  })

  limiter('keeps keys apart, and settles one that it does not know', async open => {
    using limiter = open()
    await limiter.reserve('a', 10, slow)
    await limiter.settle('c', 10, slow)
    expect(await limiter.reserve('b', 3, slow)).toBe(0)
    expect(await limiter.reserve('c', 3, slow)).toBe(0)
  })

  limiter('shares a rate with everyone who opens it, also later', async open => {
    {
      using one = open()
      using other = open()
      expect(await waitsOf([one, other, one, other], [1, 1, 1, 1])).toEqual([0, 0, 0, 1])
    }
    using later = open()
    expect(minutes(await later.reserve('key', 1, slow))).toBe(2)
  })
}
