import { expect, test } from 'vitest'
import { eachAffordable } from '../../pipeline/affordable.ts'
import { BudgetError } from '../../pipeline/errors.ts'

const { signal } = new AbortController()

/** Numbers from 1, and which of them were asked for. */
function numbers(last: number) {
  const begun: number[] = []
  async function* items() {
    for (let number = 1; number <= last; number++) {
      begun.push(number)
      yield number
    }
  }
  return { begun, items }
}

test('what is refused money ends alone: what is under way goes on, and nothing more is begun', async () => {
  const { begun, items } = numbers(9)
  const done: number[] = []
  const refused = Promise.withResolvers<void>()
  const work = async (number: number, signal: AbortSignal) => {
    if (number === 3) {
      refused.resolve()
      throw new BudgetError('used up')
    }
    await refused.promise
    signal.throwIfAborted()
    done.push(number)
  }
  await expect(eachAffordable(items(), 3, work, signal)).rejects.toThrow('used up')
  expect(done).toEqual([1, 2])
  expect(begun.length).toBeLessThan(6)
})

test('any other error stops everything', async () => {
  const { items } = numbers(9)
  const work = async (number: number) => {
    if (number === 2) throw new Error('broken')
  }
  await expect(eachAffordable(items(), 1, work, signal)).rejects.toThrow('broken')
})

test('where money suffices everything is done', async () => {
  const { begun, items } = numbers(5)
  await eachAffordable(items(), 2, async () => {}, signal)
  expect(begun).toEqual([1, 2, 3, 4, 5])
})
