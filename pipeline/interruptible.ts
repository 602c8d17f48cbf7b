import { setImmediate } from 'node:timers/promises'

/** How long a loop may hold up everything else, in milliseconds. */
const breathMs = 10

/**
 * Hand items on until a signal. A loop that only reads the store would never let a signal in, so that it takes a breath
 * every few milliseconds; a breath before each item would let what could go on together go on one by one.
 */
export async function* interruptible<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let breathed = performance.now()
  for await (const item of items) {
    if (performance.now() - breathed > breathMs) {
      await setImmediate()
      breathed = performance.now()
    }
    signal.throwIfAborted()
    yield item
  }
}
