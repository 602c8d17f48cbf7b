import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from '../../schemas/image.ts'
import type { Task } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { makeFolder } from '../../store/folder.ts'
import type { CachedSearch } from '../export.ts'
import { trainableArguments } from '../trainable.ts'

/**
 * An entry of the file that DeepEyesV2's environment takes image searches from in reinforcement learning: a result
 * without an image is left out there together with its title (reinforcement_learning/…/search_utils.py,
 * cache_convert.py).
 */
interface CacheEntry {
  tool_returned_web_title: string[]
  cached_images_path: (string | null)[]
}

/**
 * The key of a task in that cache, which has to be its RL row's `extra_info.index`. Only keys that hold `fvqa` are
 * looked up there.
 */
export const cacheIndex = ({ id }: Pick<Task, 'id'>): string => (id.includes('fvqa') ? id : `fvqa/${id}`)

/**
 * What the teacher was shown when it searched for the first image of the question, without what a leak guard removed.
 * Undefined if it did not search. Such a search is known by its arguments, which name no other image, no words and no
 * address, because here a run is read without its config and so without the kinds of its tools. The environment's
 * search knows no other image and no words.
 */
export function imageSearchOf({ turns }: Pick<Trajectory, 'turns'>): CachedSearch | undefined {
  for (const { reply, observations } of turns) {
    for (const [index, { data }] of observations.entries()) {
      const call = reply.calls[index]
      if (!call || data?.kind !== 'results') continue
      const { image = 'image_1', ...rest } = trainableArguments(call) ?? {}
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
const cacheEntry = ({ titles, images }: CachedSearch, pathOf: (image: Image) => string): CacheEntry => ({
  tool_returned_web_title: titles,
  cached_images_path: images.map(image => image && pathOf(image)),
})

const cacheFile = 'fvqa_train_image_search_results_cache.json'
const imageFolder = 'cached_images'

/** That cache while it is written, with the images beside it; paths in it are relative to the folder. */
interface SearchCache extends AsyncDisposable {
  /** Each index once. */
  add(index: string, search: CachedSearch, bytes: (image: Image) => Promise<Uint8Array>): Promise<void>
  /** Gives the paths of all files, below the folder. */
  finish(): Promise<string[]>
}

const pathOf = ({ sha256, mime }: Image) => `${imageFolder}/${sha256}.${mime.slice('image/'.length)}`

/** Entry by entry, so that the cache of any number of tasks takes the same memory, but for the names of its images. */
export async function openSearchCache(folder: string): Promise<SearchCache> {
  makeFolder(join(folder, imageFolder))
  const file = await open(join(folder, cacheFile), 'w')
  const images = new Set<string>()
  let entries = 0
  return {
    async add(index, search, bytes) {
      for (const image of search.images) {
        if (!image || images.has(pathOf(image))) continue
        await writeFile(join(folder, pathOf(image)), await bytes(image))
        images.add(pathOf(image))
      }
      const entry = `${JSON.stringify(index)}: ${JSON.stringify(cacheEntry(search, pathOf))}`
      await file.write(`${entries++ === 0 ? '{' : ','}\n${entry}`)
    },
    async finish() {
      await file.write(entries === 0 ? '{}\n' : '\n}\n')
      await file.datasync()
      return [cacheFile, ...images]
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** Write that cache for every task of which a row has such a search. Gives the number of tasks. */
export async function writeSearchCache(
  rows: AsyncIterable<Trajectory>,
  folder: string,
  bytes: (image: Image) => Promise<Uint8Array>,
): Promise<number> {
  await using cache = await openSearchCache(folder)
  const done = new Set<string>()
  for await (const { task, turns } of rows) {
    const index = cacheIndex(task)
    const search = done.has(index) ? undefined : imageSearchOf({ turns })
    if (!search) continue
    await cache.add(index, search, bytes)
    done.add(index)
  }
  await cache.finish()
  return done.size
}
