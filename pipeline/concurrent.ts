import pLimit from 'p-limit'

/**
 * Do `work` on every item, at most `most` at a time. The source is read only when there is room. The first error aborts
 * the signal that all work was given; it is thrown when nothing is running any more.
 */
export async function eachConcurrent<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const source = items[Symbol.asyncIterator]()
  const limit = pLimit(most)
  const { promise: over, resolve } = Promise.withResolvers<void>()
  let open = 0

  function readOn() {
    open++
    // The error is known before there is room for another.
    limit(() => one().catch(error => stop.abort(error))).finally(() => --open === 0 && resolve())
  }

  /** The next is read as soon as there is room beside this one. */
  async function one() {
    if (either.aborted) return
    const next = await source.next()
    if (next.done || either.aborted) return
    readOn()
    await work(next.value, either)
  }

  readOn()
  await over
  signal.throwIfAborted()
  stop.signal.throwIfAborted()
}
