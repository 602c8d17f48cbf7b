import { join } from 'node:path'
import { calculator } from '../../tools/calculator.ts'
import { imageCorpus } from '../../tools/corpus/image-corpus.ts'
import { textCorpus } from '../../tools/corpus/text-corpus.ts'
import { crop } from '../../tools/crop.ts'
import { imageSearch } from '../../tools/image-search.ts'
import { textSearch } from '../../tools/text-search.ts'
import { toolConformance } from '../conformance/tool.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { shown } from './context.ts'

const again = <T>(items: T[]): AsyncIterable<T> => ({
  async *[Symbol.asyncIterator]() {
    yield* items
  },
})

/** A search over a corpus of its own. */
async function searching<C extends { close(): void }>(open: (path: string) => Promise<C>) {
  const folder = await temporaryFolder()
  const run = await shown(await png(8, 6, '#cc3333'), await png(8, 6, '#3333cc'))
  const corpus = await open(join(folder.path, 'corpus.sqlite'))
  const close = async () => {
    corpus.close()
    await run[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { corpus, context: run.context, [Symbol.asyncDispose]: close }
}

toolConformance('text_search', async () => {
  const passages = ['Niger', 'Chad', 'Mali'].map(title => ({ id: title, title, text: `${title} is dry.` }))
  const made = await searching(path =>
    textCorpus({ path, name: 'almanac', licence: 'MIT', passages: again(passages) }),
  )
  return {
    ...made,
    tool: textSearch({ corpus: made.corpus }),
    good: [{ query: 'dry' }, { query: 'Niger' }, { query: 'ocean' }],
    senseless: [{ query: '' }, { query: ' \n' }, { query: 'x'.repeat(5000) }],
    invalid: [{}, { query: 1 }, { query: null }],
  }
})

toolConformance('image_search', async () => {
  const images = await Promise.all(
    ['#cc3333', '#33cc33', '#3333cc'].map(async colour => ({
      id: colour,
      title: colour,
      bytes: await png(40, 30, colour),
    })),
  )
  const made = await searching(path =>
    imageCorpus({ path, name: 'colours', licence: 'MIT', images: again(images) }),
  )
  return {
    ...made,
    tool: imageSearch({ corpus: made.corpus }),
    good: [{ image: 'image_2' }, {}, { query: 'cc3333' }, { query: 'nothing' }],
    senseless: [{ image: 'image_3' }, { image: 'red' }, { query: '' }, { image: 'image_1', query: 'red' }],
    invalid: [{ image: 1 }, { query: null }],
  }
})

toolConformance('crop', async () => ({
  ...(await shown(await png(80, 60, '#cc3333'), await png(8, 6, '#3333cc'))),
  tool: crop(),
  good: [
    { bbox_2d: [10, 10, 70, 50] },
    { bbox_2d: [-3, 0.5, 4, 999], label: 'a corner', image: 'image_2' },
    { bbox_2d: [0, 0, 80, 60], label: '' },
  ],
  senseless: [
    { bbox_2d: [0, 0, 20, 20], image: 'image_3' },
    { bbox_2d: [20, 0, 10, 20] },
    { bbox_2d: [80, 0, 90, 20] },
    { bbox_2d: [0.1, 0.1, 0.9, 0.9] },
  ],
  invalid: [{}, { bbox: [0, 0, 20, 20] }, { bbox_2d: [0, 0, 20] }, { bbox_2d: '0,0,20,20' }],
}))

toolConformance('calculator', async () => ({
  ...(await shown()),
  tool: calculator(),
  good: [{ expression: '1 + 1' }, { expression: 'max(2, sqrt(16)) ^ 2' }],
  senseless: [{ expression: '' }, { expression: '1 +' }, { expression: '1/0' }, { expression: 'x' }],
  invalid: [{}, { expression: 1 }],
}))
