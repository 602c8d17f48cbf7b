import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheIndex, imageSearchOf, writeSearchCache } from '../../../output/targets/search-cache.ts'
import type { Results, Trajectory, Turn } from '../../../schemas/trajectory.ts'
import {
  answerTurn,
  image,
  observation,
  pythonTurn,
  reply,
  temporaryFolder,
  trajectory,
} from '../../fixtures.ts'

const pictures = [image('one'), image('two')]

const results: Results = {
  kind: 'results',
  provider: 'pictures',
  query: 'image_1',
  results: [
    { id: 'a', title: 'A flag', snippet: '', licence: null, image: pictures[0] ?? null, score: 3 },
    { id: 'b', title: 'No picture', snippet: '', licence: null, image: null, score: 2 },
    { id: 'c', title: 'A "map"', snippet: '', licence: null, image: pictures[1] ?? null, score: 1 },
  ],
}

const searches = (
  args: string,
  changes: Partial<Turn['observations'][number]> = {},
  name = 'image_search',
): Turn => ({
  reply: reply({ stop: 'calls', calls: [{ id: 'a', name, arguments: args }] }),
  observations: [observation({ data: results, ...changes })],
})

const made = (...turns: Turn[]) => trajectory({ turns: [pythonTurn(), ...turns, answerTurn('8')] })

const found: [string, Trajectory, boolean][] = [
  ['the first image, which is the default', made(searches('{}')), true],
  ['the first image by its name', made(searches('{"image":"image_1"}')), true],
  ['the first image, after another one', made(searches('{"image":"image_2"}'), searches('{}')), true],
  ['another image', made(searches('{"image":"image_2"}')), false],
  ['words', made(searches('{"query":"a flag"}')), false],
  ['a part of the image', made(searches('{"region":[0,0,5,5]}')), false],
  ['the first image, with a tool of any name', made(searches('{}', {}, 'lens')), true],
  ['texts', made(searches('{"query":"a flag"}', {}, 'text_search')), false],
  ['a page', made(searches('{"url":"https://example.org"}', {}, 'open_page')), false],
  ['and failing', made(searches('{}', { data: null })), false],
  ['nothing', made(), false],
]

test.each(found)('searching for %s', (_, { turns }, cached) => {
  expect(imageSearchOf({ turns })).toEqual(
    cached
      ? { titles: ['A flag', 'No picture', 'A "map"'], images: [pictures[0], null, pictures[1]] }
      : undefined,
  )
})

test('a key holds what the trainer looks for', () => {
  expect(cacheIndex({ id: 'flags/1' })).toBe('fvqa/flags/1')
  expect(cacheIndex({ id: 'fvqa_train_7' })).toBe('fvqa_train_7')
})

async function* rows() {
  const { task } = trajectory()
  yield made()
  for (const id of ['x/1', 'x/1', 'x"2']) yield { ...made(searches('{}')), task: { ...task, id } }
}

async function* none() {}

test('the cache has an entry for each task, by its key, with the images beside it', async () => {
  await using folder = await temporaryFolder()
  const bytes = async ({ sha256 }: { sha256: string }) => Buffer.from(sha256)
  expect(await writeSearchCache(rows(), folder.path, bytes)).toBe(2)
  const file = 'fvqa_train_image_search_results_cache.json'
  const cache = JSON.parse(await readFile(join(folder.path, file), 'utf8'))
  const [one, two] = pictures.map(({ sha256 }) => `cached_images/${sha256}.png`)
  const entry = {
    tool_returned_web_title: ['A flag', 'No picture', 'A "map"'],
    cached_images_path: [one, null, two],
  }
  expect(cache).toEqual({ 'fvqa/x/1': entry, 'fvqa/x"2': entry })
  expect(
    (await readdir(join(folder.path, 'cached_images'))).map(name => `cached_images/${name}`).sort(),
  ).toEqual([one, two].sort())
  expect(await readFile(join(folder.path, one ?? ''), 'utf8')).toBe(pictures[0]?.sha256)

  await using empty = await temporaryFolder()
  expect(await writeSearchCache(none(), empty.path, bytes)).toBe(0)
  expect(JSON.parse(await readFile(join(empty.path, file), 'utf8'))).toEqual({})
})
