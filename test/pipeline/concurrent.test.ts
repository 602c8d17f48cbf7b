import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eachConcurrent } from '../../pipeline/concurrent.ts'

const never = new AbortController().signal

/** Counts how many items have been taken from it. */
function counted(length: number) {
  const source = {
    taken: 0,
    async *[Symbol.asyncIterator]() {
      for (let item = 0; item < length; item++) {
        source.taken++
        yield item
      }
    },
  }
  return source
}

test('every item is worked on once, never more at a time than the limit', async () => {
  let running = 0
  let most = 0
  const done: number[] = []
  const work = async (item: number) => {
    most = Math.max(most, ++running)
    await setImmediate()
    running--
    done.push(item)
  }
  await eachConcurrent(counted(20), 3, work, never)
  expect(most).toBe(3)
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index))
})

test('the source is read only as fast as work is done', async () => {
  const source = counted(100)
  const finish: (() => void)[] = []
  const all = eachConcurrent(source, 4, () => new Promise<void>(resolve => finish.push(resolve)), never)
  for (let worked = 0; worked < 100; worked++) {
    while (finish.length === 0) await setImmediate()
    expect(source.taken).toBeLessThanOrEqual(worked + 4)
    finish.shift()?.()
  }
  await all
  expect(source.taken).toBe(100)
})

test('the first error aborts the others, is thrown when nothing runs any more, and ends the reading', async () => {
  const source = counted(100)
  let running = 0
  let aborted = 0
  const work = async (item: number, signal: AbortSignal) => {
    running++
    if (item === 2) {
      running--
      throw new Error('two broke')
    }
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    aborted++
    await setImmediate()
    running--
    throw new Error(`${item} was aborted`)
  }
  await expect(eachConcurrent(source, 3, work, never)).rejects.toThrow('two broke')
  expect({ running, aborted, taken: source.taken }).toEqual({ running: 0, aborted: 2, taken: 3 })
})

test('an error of the source is thrown as one of the work is', async () => {
  async function* broken() {
    yield 1
    throw new Error('no more to read')
  }
  await expect(eachConcurrent(broken(), 2, async () => {}, never)).rejects.toThrow('no more to read')
})

test('an abort from outside reaches the work and ends it with its reason', async () => {
  const outer = new AbortController()
  const source = counted(100)
  const reason = new Error('stopped by hand')
  const work = async (item: number, signal: AbortSignal) => {
    if (item === 1) outer.abort(reason)
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
  }
  await expect(eachConcurrent(source, 2, work, outer.signal)).rejects.toBe(reason)
  expect(source.taken).toBe(2)
})

test('what was aborted before it began does nothing', async () => {
  const source = counted(3)
  const work = () => Promise.reject(new Error('it was begun'))
  await expect(eachConcurrent(source, 2, work, AbortSignal.abort(new Error('before')))).rejects.toThrow(
    'before',
  )
  expect(source.taken).toBe(0)
})
