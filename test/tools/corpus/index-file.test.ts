import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Passage, textCorpus } from '../../../tools/corpus/text-corpus.ts'
import { temporaryFolder } from '../../fixtures.ts'

const passage = (id: string, text = `text of ${id}`): Passage => ({ id, title: id, text })

async function* each(items: Passage[]) {
  yield* items
}

const open = (path: string, items: Passage[], licence = 'MIT') =>
  textCorpus({ path, name: 'n', licence, passages: { [Symbol.asyncIterator]: () => each(items) } })

const found = async (corpus: Awaited<ReturnType<typeof open>>, query: string) =>
  (await corpus.search(query, 5, new AbortController().signal)).map(({ id }) => id)

test('An index is built once and used again', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  const first = await open(path, [passage('a'), passage('b')])
  const built = await stat(path)
  const second = await open(path, [passage('a'), passage('b')])
  expect((await stat(path)).ino).toBe(built.ino)
  expect(second.fingerprint).toBe(first.fingerprint)
  expect(await found(second, 'text')).toEqual(['a', 'b'])
})

test('An index is built again when its content changes', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  const first = await open(path, [passage('a')])
  const second = await open(path, [passage('a', 'zebra')])
  const third = await open(path, [passage('a', 'zebra')], 'CC0-1.0')
  expect(new Set([first, second, third].map(({ fingerprint }) => fingerprint)).size).toBe(3)
  expect(await found(third, 'zebra')).toEqual(['a'])
  expect(await found(first, 'zebra')).toEqual([])
})

test('Many who build at the same time all read a whole index, and nothing else is left behind', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  const items = Array.from({ length: 300 }, (_, index) => passage(`p${index}`))
  const corpora = await Promise.all(Array.from({ length: 6 }, () => open(path, items)))
  for (const corpus of corpora) expect(await found(corpus, 'p299')).toEqual(['p299'])
  expect(await readdir(folder.path)).toEqual(['a.sqlite'])
})

test('A build that fails leaves the former index and no half one', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  await open(path, [passage('a')])
  await expect(open(path, [passage('b'), passage('b')])).rejects.toThrow('two passages have the id b')
  expect(await readdir(folder.path)).toEqual(['a.sqlite'])
  expect(await found(await open(path, [passage('a')]), 'text')).toEqual(['a'])
})

test('Passages that can be read only once are refused', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  const once = textCorpus({ path, name: 'n', licence: 'MIT', passages: each([passage('a')]) })
  await expect(once).rejects.toThrow('not a generator')
})
