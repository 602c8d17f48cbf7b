import { expect, test } from 'vitest'
import { singleFlight } from '../../../pipeline/ask/single-flight.ts'

const { signal } = new AbortController()

/** Work that ends when it is told to, or when it is given up. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const seen: AbortSignal[] = []
  const work = (signal: AbortSignal) => {
    seen.push(signal)
    signal.addEventListener('abort', () => reject(signal.reason))
    return promise
  }
  return { work, seen, end: resolve }
}

test('those who ask for the same meanwhile share it; who asks later, or for another thing, does not', async () => {
  const once = singleFlight<string>()
  const { work, seen, end } = held()
  const both = Promise.all([once('a', work, signal), once('a', work, signal)])
  expect(await once('b', async () => 'other', signal)).toBe('other')
  end('done')
  expect(await both).toEqual(['done', 'done'])
  expect(seen.map(({ aborted }) => aborted)).toEqual([false])
  expect(await once('a', async () => 'again', signal)).toBe('again')
})

test('one that leaves does not end it for the others', async () => {
  const once = singleFlight<string>()
  const { work, seen, end } = held()
  const first = new AbortController()
  const leaves = once('a', work, first.signal)
  const stays = once('a', work, signal)
  first.abort(new Error('left'))
  await expect(leaves).rejects.toThrow('left')
  expect(seen[0]?.aborted).toBe(false)
  const joins = once('a', work, signal)
  end('done')
  expect(await Promise.all([stays, joins])).toEqual(['done', 'done'])
  expect(seen).toHaveLength(1)
})

test('with the last one it is given up, and over before that one is gone; the next starts anew', async () => {
  const once = singleFlight<string>()
  const stop = new AbortController()
  let over = false
  const leaves = Promise.allSettled(
    [1, 2].map(() =>
      once(
        'a',
        async signal => {
          await new Promise(resolve => signal.addEventListener('abort', resolve))
          await new Promise(setImmediate)
          over = true
          return 'too late'
        },
        stop.signal,
      ),
    ),
  )
  stop.abort(new Error('stopped'))
  expect((await leaves).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(over).toBe(true)
  expect(await once('a', async () => 'anew', signal)).toBe('anew')
  await expect(once('b', held().work, stop.signal)).rejects.toThrow('stopped')
})

test('what fails fails for all who wait, and is tried again by the next', async () => {
  const once = singleFlight<string>()
  const fails = () => Promise.reject(new Error('broke'))
  const both = [once('a', fails, signal), once('a', fails, signal)]
  for (const each of both) await expect(each).rejects.toThrow('broke')
  expect(await once('a', async () => 'mended', signal)).toBe('mended')
})
