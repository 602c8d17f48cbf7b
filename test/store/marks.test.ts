import { expect, test } from 'vitest'
import { marks } from '../../store/marks.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { temporaryFolder } from '../fixtures.ts'

/** A store with a mark on `plan` and `facts`. */
async function marked(work: (store: Store, known: ReturnType<typeof marks<string>>) => Promise<void>) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await store.put('plan', 'a', 1)
  const known = marks<string>(store, 'kind', ['plan', 'facts'])
  await known.set('name', 'found')
  await work(store, known)
}

const cases: Record<string, [(store: Store) => Promise<unknown>, string | undefined]> = {
  nothing: [async () => {}, 'found'],
  'a row more': [store => store.put('facts', 'a', 1), undefined],
  'a row less': [store => store.delete('plan', 'a'), undefined],
  'a row that is there already': [store => store.put('plan', 'a', 2), 'found'],
  'a row more of another table': [store => store.put('turns', 'a', 1), 'found'],
  'another mark': [store => marks(store, 'other', ['plan']).set('name', 'else'), 'found'],
}

test.each(Object.entries(cases))(
  'after %s a mark holds as long as its tables have as many rows',
  (_, [change, found]) =>
    marked(async (store, known) => {
      await change(store)
      expect(await known.get('name')).toBe(found)
      expect(await known.get('another')).toBeUndefined()
    }),
)

test('a mark that holds no more is set anew', () =>
  marked(async (store, known) => {
    await store.put('facts', 'a', 1)
    await known.set('name', 'more')
    expect(await known.get('name')).toBe('more')
  }))
