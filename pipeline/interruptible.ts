import { setImmediate } from 'node:timers/promises'

/**
 * Hand items on until a signal. The signal is heard between any two items, even if nothing else is waited for: a loop
 * that only reads the store would never let a signal in.
 */
export async function* interruptible<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    await setImmediate()
    signal.throwIfAborted()
    yield item
  }
}
