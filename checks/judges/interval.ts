/** A share of trials, or a difference of two, with the interval that holds the true one in 19 of 20 cases. */
export interface Interval {
  estimate: number
  low: number
  high: number
}

/** How many of so many trials went well; one may go well in part. */
export interface Trials {
  right: number
  of: number
}

/** The 0.975 quantile of the normal distribution. */
export const normal = 1.959963984540054

/** The share of trials that go well: Wilson's score interval (JASA 22, 1927, 209–212). Without trials it is 0 to 1. */
export function shareOf({ right, of }: Trials): Interval {
  if (of === 0) return { estimate: 0, low: 0, high: 1 }
  const share = right / of
  const square = normal ** 2 / of
  const middle = (share + square / 2) / (1 + square)
  const margin = (normal / (1 + square)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of))
  // At the ends the interval reaches them exactly, but for rounding.
  const low = right === 0 ? 0 : Math.max(0, middle - margin)
  const high = right === of ? 1 : Math.min(1, middle + margin)
  return { estimate: share, low, high }
}

/**
 * By how much the share of one kind of trials exceeds that of another, -1 to 1: Newcombe's hybrid of two Wilson
 * intervals (Statistics in Medicine 17, 1998, 873–890, method 10).
 */
export function gainOf(withIt: Trials, without: Trials): Interval {
  const [a, b] = [shareOf(withIt), shareOf(without)]
  const estimate = a.estimate - b.estimate
  return {
    estimate,
    low: estimate - Math.hypot(a.estimate - a.low, b.high - b.estimate),
    high: estimate + Math.hypot(a.high - a.estimate, b.estimate - b.low),
  }
}

/**
 * pass@k, the chance that at least one of `k` answers is right: the unbiased estimate 1 - C(of - right, k) / C(of, k)
 * of Chen et al. (arXiv 2107.03374), with the interval that Wilson's gives for a single answer. With `k` near `of` the
 * estimate may lie outside of it. Throws RangeError where there are fewer than `k` answers.
 */
export function passAt(k: number, { right, of }: Trials): Interval {
  if (k < 1 || k > of) throw new RangeError(`pass@${k} needs at least ${k} answers, and 1; there are ${of}`)
  let noneRight = 1
  for (let drawn = 0; drawn < k; drawn++) noneRight *= Math.max(0, of - right - drawn) / (of - drawn)
  const { low, high } = shareOf({ right, of })
  return { estimate: 1 - noneRight, low: 1 - (1 - low) ** k, high: 1 - (1 - high) ** k }
}
