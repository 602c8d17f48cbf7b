import { setImmediate } from 'node:timers/promises'

/**
 * Hand items on until a signal. The signal is heard between any two items, even if nothing else is waited for: a loop
 * that only reads the store would never let a signal in. With `breathMs` it is heard after so many milliseconds: a
 * breath before each of many items lets what could go on together go on one by one.
 */
export async function* interruptible<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
  breathMs = 0,
): AsyncGenerator<T> {
  let breathed = performance.now()
  for await (const item of items) {
    if (performance.now() - breathed >= breathMs) {
      await setImmediate()
      breathed = performance.now()
    }
    signal.throwIfAborted()
    yield item
  }
}
