import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { deepEyesRl } from '../../../output/targets/deepeyes-rl.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { difficulty } from '../../../screens/difficulty.ts'
import { type ImageHit, imageSearch } from '../../../tools/image-search.ts'
import { png } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { calls, says, scripted, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** A collection of pictures that counts how often it is asked. */
function pictures() {
  const corpus = {
    name: 'pictures',
    options: {},
    asked: 0,
    async byImage(): Promise<ImageHit[]> {
      corpus.asked++
      return [{ id: 'a', title: 'A flag', licence: 'CC0-1.0', score: 1, thumbnail: await png(4, 4) }]
    },
  }
  return corpus
}

const search = widths({ category: 'search' })

/** Right only with tools, with which it looks in this way first. */
const student = (args: string | null) =>
  scripted(
    ({ tools, turns }) => {
      if (tools.length === 0) return says('no')
      return args !== null && turns.length === 0 ? calls(['image_search', args]) : says('8')
    },
    { name: 'student' },
  )

test.each<[string, string | null, number]>([
  ['the question’s image', '{}', 1],
  ['the question’s image by its name', '{"image":"image_1"}', 1],
  ['nothing', null, 0],
])(
  'what a student found that searched for %s is in the cache, and nobody is asked for it',
  async (_, args, entries) => {
    const corpus = pictures()
    const setting = {
      sandbox,
      teachers: [scripted(() => says('8'))],
      tasks: search,
      tools: [imageSearch({ corpus })],
      screens: [difficulty({ student: student(args), k: 1, most: 0 })],
      exports: [deepEyesRl()],
    }
    await withRun(setting, async run => {
      const { targets } = await run.run()
      expect(targets.deepeyes_rl).toMatchObject({ rows: 1 })
      const file = 'export/deepeyes_rl/fvqa_train_image_search_results_cache.json'
      const cache = JSON.parse(await readFile(join(run.folder, file), 'utf8'))
      const entry = {
        tool_returned_web_title: ['A flag'],
        cached_images_path: [expect.stringMatching(/^cached_images\/[0-9a-f]{64}\.png$/)],
      }
      expect(cache).toEqual(entries === 0 ? {} : { 'fvqa/width/1': entry })
      expect(await run.open({}, { asks: 'nobody' }).then(replayRun)).toMatchObject({
        different: [],
        missing: [],
        extra: [],
      })
      expect(corpus.asked).toBe(entries)
    })
  },
)
