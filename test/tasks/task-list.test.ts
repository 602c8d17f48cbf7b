import { expect, test } from 'vitest'
import type { Task } from '../../schemas/task.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { extending, extensionSizes, keepTaskList, knowAlike } from '../../tasks/task-list.ts'
import { temporaryFolder, trajectory } from '../fixtures.ts'

const task = (id: string, question = 'How wide is it?'): Task => ({ ...trajectory().task, id, question })

const named = (ids: string) => [...ids].map(id => task(id))

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  return await work(store)
}

const keep = (store: Store, tasks: readonly Task[]) => keepTaskList(store, () => tasks)

/** The extension of each id, by what the store says. */
async function extensions(store: Store, ids: string) {
  const extensionOf = await extending(store)
  return Promise.all([...ids].map(id => extensionOf({ id })))
}

test.each<[string, string[], number[], number[]]>([
  ['one list', ['abc'], [0, 0, 0], []],
  ['the same list again', ['abc', 'abc'], [0, 0, 0], []],
  ['one that is longer', ['ab', 'abc'], [0, 0, 1], [2, 1]],
  ['one with other tasks before the known ones', ['bc', 'abc'], [1, 0, 0], [2, 1]],
  ['one that is shorter in between', ['abc', 'a', 'abc'], [0, 0, 0], []],
  ['two that are longer', ['a', 'ba', 'bac'], [0, 1, 2], [1, 1, 1]],
])(
  'after %s each task belongs to the extension that first brought its id',
  async (_, lists, numbers, sizes) =>
    withStore(async store => {
      for (const ids of lists) await keep(store, named(ids))
      expect(await extensions(store, 'abc')).toEqual(numbers)
      expect(await extensionSizes(store)).toEqual(sizes)
    }),
)

test('a task that was changed stays where it was', () =>
  withStore(async store => {
    await keep(store, named('ab'))
    await keep(store, [task('a', 'How high is it?'), ...named('bc')])
    expect(await extensions(store, 'abc')).toEqual([0, 0, 1])
  }))

test('ids that look the same are the same', () =>
  withStore(async store => {
    await keep(store, [task('\u00e9')])
    await keep(store, [task('e\u0301'), task('f')])
    expect(await extensionSizes(store)).toEqual([1, 1])
  }))

const written = async (store: Store) =>
  (await Promise.all(['first/', 'extension/'].map(each => Array.fromAsync(store.scan('tasks', each))))).flat()

/** What a store that dies at its `last` put leaves behind. */
function dyingAt(store: Store, last: number): Store {
  let puts = 0
  return {
    ...store,
    async put(table, key, value) {
      if (++puts > last) throw new Error('killed')
      return store.put(table, key, value)
    },
  }
}

test('an intake that is killed anywhere and gone on with numbers its tasks as one that was not', async () => {
  const lists = ['ab', 'abc', 'abcde'].map(named)
  const expected = await withStore(async store => {
    for (const list of lists) await keep(store, list)
    return written(store)
  })
  expect(expected.length).toBeGreaterThan(5)
  let killed = 0
  for (let last = 0; last < 12; last++)
    await withStore(async store => {
      for (const list of lists) {
        killed += await keep(dyingAt(store, last), list).then(
          () => 0,
          () => 1,
        )
        await keep(store, list)
      }
      expect(await written(store)).toEqual(expected)
    })
  expect(killed).toBeGreaterThan(20)
})

test('a store that has tasks known as they are in another knows which extension brought them', () =>
  withStore(async store => {
    for (const ids of ['ab', 'abc', 'abcd']) await keep(store, named(ids))
    await withStore(async other => {
      await knowAlike(store, other)
      await keep(other, named('dcba'))
      expect(await extensions(other, 'abcd')).toEqual(await extensions(store, 'abcd'))
      expect(await extensionSizes(other)).toEqual([2, 1, 1])
    })
  }))
