import { setImmediate } from 'node:timers/promises'

/**
 * Hand items on until a signal. It is heard between any two of them, also where nothing else is waited for: what only
 * reads the store never lets a signal in.
 */
export async function* interruptible<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    await setImmediate()
    signal.throwIfAborted()
    yield item
  }
}
