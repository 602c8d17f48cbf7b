import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Passage, textCorpus } from '../../../tools/corpus/text-corpus.ts'
import { temporaryFolder } from '../../fixtures.ts'

const signal = new AbortController().signal

const open = (path: string, passages: Passage[]) =>
  textCorpus({
    path,
    name: 'n',
    licence: 'MIT',
    passages: {
      async *[Symbol.asyncIterator]() {
        yield* passages
      },
    },
  })

const passage = (id: string, text = `text of ${id}`): Passage => ({ id, title: id, text })

/** The rows of an index as they were given their numbers: a passage that is indexed anew gets another. */
function numbersIn(path: string): Record<string, unknown> {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare('SELECT id, number FROM passages').all()
  database.close()
  return Object.fromEntries(rows.map(({ id, number }) => [String(id), number]))
}

test('Only what is new, changed or gone is indexed', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.sqlite')
  await open(
    path,
    ['b', 'c', 'd', 'e'].map(id => passage(id)),
  )
  const before = numbersIn(path)
  const corpus = await open(path, [passage('a'), passage('b'), passage('d', 'a zebra'), passage('e')])
  const after = numbersIn(path)
  expect(Object.keys(after).sort()).toEqual(['a', 'b', 'd', 'e'])
  expect({ b: after.b, e: after.e }).toEqual({ b: before.b, e: before.e })
  expect(after.a).toBeGreaterThan(Number(before.e))
  expect(after.d).toBeGreaterThan(Number(before.e))
  expect((await corpus.search('zebra', 5, signal)).map(({ id }) => id)).toEqual(['d'])
  expect(await corpus.search('c', 5, signal)).toEqual([])
})

const words = ['lake', 'river', 'desert', 'salt', 'caravan', 'Niger']
const text = fc.array(fc.constantFrom(...words), { maxLength: 6 }).map(list => list.join(' '))
const someText = fc.record({
  title: text,
  text,
  source: fc.option(fc.constantFrom('s', 't'), { nil: undefined }),
})
const states = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), someText), {
  minLength: 2,
  maxLength: 4,
})

test('An index that grew through any states answers as one that was made anew', async () => {
  await using folder = await temporaryFolder()
  let made = 0
  await fc.assert(
    fc.asyncProperty(states, async states => {
      const path = join(folder.path, `${++made}.sqlite`)
      for (const state of states) {
        const passages = Object.entries(state).map(([id, rest]) => ({ id, ...rest }))
        const grown = await open(path, passages)
        const fresh = await open(join(folder.path, `${++made}.sqlite`), passages)
        expect(grown.fingerprint).toBe(fresh.fingerprint)
        for (const query of [...words, words.join(' ')])
          expect(await grown.search(query, 9, signal)).toEqual(await fresh.search(query, 9, signal))
        grown.close()
        fresh.close()
      }
    }),
    { numRuns: 20 },
  )
})

test('Licence and source of each passage come back, and its link and date where it has them', async () => {
  await using folder = await temporaryFolder()
  const own = { licence: 'CC0-1.0', source: 'almanac', link: 'https://example.com/', date: '2024' }
  const corpus = await open(join(folder.path, 'a.sqlite'), [
    { ...passage('a', 'zebra'), ...own },
    passage('b', 'gnu'),
  ])
  expect(await corpus.search('zebra', 1, signal)).toMatchObject([own])
  expect(await corpus.search('gnu', 1, signal)).toMatchObject([
    { licence: 'MIT', source: 'n', link: null, date: null },
  ])
})
