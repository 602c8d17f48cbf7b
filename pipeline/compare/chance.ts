/**
 * How likely it is that so many things change for the better and so many for the worse, or more unlike numbers, where
 * either is as likely: the exact two-sided sign test. Of pairs that change from one of two states to the other, it is
 * McNemar's exact test.
 */
export function chanceOf(better: number, worse: number): number {
  const [few, all] = [Math.min(better, worse), better + worse]
  let tail = 0
  let term = -all * Math.LN2
  for (let count = 0; count <= few; count++) {
    tail += Math.exp(term)
    term += Math.log((all - count) / (count + 1))
  }
  return Math.min(1, 2 * tail)
}

/** What chance makes less often than this is no chance: once in 20 times. */
export const unlikely = 0.05
