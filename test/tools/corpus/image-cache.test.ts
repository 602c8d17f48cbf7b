import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { InputError } from '../../../schemas/input-error.ts'
import type { TaskSource } from '../../../tasks/source.ts'
import { imageCache } from '../../../tools/corpus/image-cache.ts'
import { imageProviderConformance, lackingConformance } from '../../conformance/image-provider.ts'
import { png, temporaryFolder } from '../../fixtures.ts'

const signal = new AbortController().signal
const red = await png(60, 40, '#cc3333')
const blue = await png(60, 40, '#3333cc')

/** Tasks whose `index` is the key, as DeepEyesV2's rows have it. */
const tasks = (images: [string, Uint8Array][]): TaskSource => ({
  name: 'fvqa',
  options: {},
  async *read() {
    yield { place: 'row 0', problem: 'no answer' }
    for (const [index, bytes] of images)
      yield {
        place: index,
        id: `task ${index}`,
        question: 'What is it?',
        images: [{ place: index, bytes }],
        choices: null,
        answer: 'a',
        answerType: 'text' as const,
        tolerance: null,
        category: 'search',
        source: { name: 'test', licence: 'CC0-1.0' },
        meta: { index },
      }
  },
})

const content = {
  fvqa_train_1: {
    tool_returned_web_title: ['A red\n2. thing', 'Gone', 'Broken', 'Elsewhere', 'Red again', null],
    cached_images_path: [
      'train/a.jpg',
      null,
      'train/broken.jpg',
      '../outside.png',
      '/home/someone/cached_images/train/b.png',
      'train/a.jpg',
    ],
  },
  fvqa_train_2: { tool_returned_web_title_list: ['Blue'], cached_images_path: ['train/a.jpg'] },
}

async function cached(written: unknown = content) {
  const folder = await temporaryFolder()
  const images = join(folder.path, 'images')
  await mkdir(join(images, 'train'), { recursive: true })
  await writeFile(join(images, 'train/a.jpg'), await sharp(red).jpeg().toBuffer())
  await writeFile(join(images, 'b.png'), red)
  await writeFile(join(images, 'train/broken.jpg'), 'no picture')
  await writeFile(join(folder.path, 'outside.png'), red)
  const file = join(folder.path, 'cache.json')
  await writeFile(file, typeof written === 'string' ? written : JSON.stringify(written))
  return { folder, file, where: { file, images }, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const both = tasks([
  ['fvqa_train_1', red],
  ['fvqa_train_2', blue],
  ['fvqa_train_9', await png(60, 40, '#33cc33')],
])

async function given() {
  const made = await cached()
  const provider = await imageCache({ ...made.where, tasks: both, key: 'meta.index' })
  return { ...made, provider, finds: red, lacks: await png(60, 40, '#33cc33') }
}

imageProviderConformance('imageCache', given)
lackingConformance('imageCache', given)

test('What was found for a task is found by its image, without what could not be had', async () => {
  await using made = await cached()
  const cache = await imageCache({ ...made.where, tasks: both, key: 'meta.index', licence: 'CC-BY-4.0' })
  const hits = await cache.byImage(red, 5, signal)
  expect(hits.map(({ id, title, licence }) => ({ id, title, licence }))).toEqual([
    { id: 'fvqa_train_1/1', title: 'A red 2. thing', licence: 'CC-BY-4.0' },
    { id: 'fvqa_train_1/5', title: 'Red again', licence: 'CC-BY-4.0' },
  ])
  expect((await cache.byImage(blue, 5, signal)).map(({ title }) => title)).toEqual(['Blue'])
})

test('A near copy of a task’s image is found as well, another image is not', async () => {
  await using made = await cached()
  const cache = await imageCache({ ...made.where, tasks: both, key: 'meta.index' })
  const copy = await sharp(blue).resize(30).jpeg({ quality: 60 }).toBuffer()
  expect((await cache.byImage(copy, 5, signal)).map(({ title }) => title)).toEqual(['Blue'])
  expect(await cache.byImage(await png(60, 40, '#dddd33'), 5, signal)).toEqual([])
})

test.each<[string, unknown, string]>([
  ['pickle', '\u0080\u0004not json', 'this is not JSON'],
  ['list', [], 'cache.json'],
  ['titles that are none', { fvqa_train_1: { tool_returned_web_title: 3 } }, 'fvqa_train_1'],
  [
    'no key',
    { fvqa_train_77: content.fvqa_train_1, constructor: {} },
    'no task of fvqa has a key at meta.index',
  ],
])('A cache that cannot be used is refused before anything is asked: %s', async (_, written, problem) => {
  await using made = await cached(written)
  const opened = imageCache({ ...made.where, tasks: both, key: 'meta.index' })
  await expect(opened).rejects.toThrow(InputError)
  await expect(opened).rejects.toThrow(problem)
})

test('A file that is not there is named', async () => {
  const missing = imageCache({ file: '/nowhere/cache.json', images: '.', tasks: both, key: 'id' })
  await expect(missing).rejects.toThrow('/nowhere/cache.json: this file cannot be read')
})
