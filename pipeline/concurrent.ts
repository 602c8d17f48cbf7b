/**
 * Do `work` on every item, at most `limit` at a time. The source is read only when there is room. The first error
 * aborts the signal that all work was given; it is thrown when nothing is running any more.
 */
export async function eachConcurrent<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const source = items[Symbol.asyncIterator]()

  async function worker() {
    while (!either.aborted) {
      const next = await source.next()
      if (next.done) return
      await work(next.value, either)
    }
  }

  const workers = Array.from({ length: limit }, () =>
    worker().catch(error => {
      stop.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(workers)
  signal.throwIfAborted()
  stop.signal.throwIfAborted()
}
