import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Image } from '../schemas/image.ts'
import type { Task } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { argumentsOf } from './trainable.ts'

/** What an image search for a task's first image, as a whole, found. */
export interface CachedSearch {
  titles: string[]
  images: (Image | null)[]
}

/**
 * An entry of the file that DeepEyesV2's environment takes image searches from in reinforcement learning: a result without an
 * image is left out there together with its title (reinforcement_learning/…/search_utils.py, cache_convert.py).
 */
export interface CacheEntry {
  tool_returned_web_title: string[]
  cached_images_path: (string | null)[]
}

/**
 * The key of a task in that cache, which has to be its RL row's `extra_info.index`. Only keys that hold `fvqa` are looked
 * up there.
 */
export const cacheIndex = ({ id }: Pick<Task, 'id'>): string => (id.includes('fvqa') ? id : `fvqa/${id}`)

/**
 * What the teacher was shown when it searched for the first image of the question: without what a leak guard removed. Undefined
 * where it did not. The environment's search knows no other image and no words.
 */
export function imageSearchOf({ turns }: Pick<Trajectory, 'turns'>): CachedSearch | undefined {
  for (const { reply, observations } of turns) {
    for (const [index, { data }] of observations.entries()) {
      const call = reply.calls[index]
      if (call?.name !== 'image_search' || data?.kind !== 'results') continue
      const { image = 'image_1', ...rest } = argumentsOf(call) ?? {}
      if (image !== 'image_1' || Object.keys(rest).length > 0) continue
      return {
        titles: data.results.map(({ title }) => title),
        images: data.results.map(({ image }) => image),
      }
    }
  }
  return undefined
}

/** The same as the cache has it; `pathOf` says where an image's file is. */
export const cacheEntry = (
  { titles, images }: CachedSearch,
  pathOf: (image: Image) => string,
): CacheEntry => ({
  tool_returned_web_title: titles,
  cached_images_path: images.map(image => image && pathOf(image)),
})

const cacheFile = 'fvqa_train_image_search_results_cache.json'
const imageFolder = 'cached_images'

/**
 * Write that cache for every task of which a row has such a search, with the images beside it; paths are relative to the
 * folder. Gives the number of tasks.
 */
export async function writeSearchCache(
  rows: AsyncIterable<Trajectory>,
  folder: string,
  bytes: (image: Image) => Promise<Uint8Array>,
): Promise<number> {
  const pathOf = ({ sha256, mime }: Image) => `${imageFolder}/${sha256}.${mime.slice('image/'.length)}`
  const done = new Set<string>()
  await mkdir(join(folder, imageFolder), { recursive: true })

  async function* lines() {
    for await (const { task, turns } of rows) {
      const index = cacheIndex(task)
      const search = done.has(index) ? undefined : imageSearchOf({ turns })
      if (!search) continue
      for (const image of search.images)
        if (image) await writeFile(join(folder, pathOf(image)), await bytes(image))
      yield `${done.size > 0 ? ',' : ''}\n${JSON.stringify(index)}: ${JSON.stringify(cacheEntry(search, pathOf))}`
      done.add(index)
    }
  }

  async function* text() {
    yield '{'
    yield* lines()
    yield '\n}\n'
  }
  await pipeline(Readable.from(text()), createWriteStream(join(folder, cacheFile)))
  return done.size
}
