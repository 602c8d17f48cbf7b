/** A comparison took as many steps as it may. */
export class OutOfSteps extends Error {
  override name = 'OutOfSteps'
}

/** About five microseconds each: a product takes one, a power of a complex number four hundred. */
let left = Number.POSITIVE_INFINITY

/** Count what is about to be calculated. Throws `OutOfSteps`. */
export function spend(steps: number): void {
  left -= steps
  if (left < 0) throw new OutOfSteps('the comparison takes too long')
}

/** Do at most so many steps. Steps are counted and no clock is read, so that the end is the same on every machine. */
export function withinSteps<T>(steps: number, work: () => T): T {
  const before = left
  left = steps
  try {
    return work()
  } finally {
    left = before
  }
}
