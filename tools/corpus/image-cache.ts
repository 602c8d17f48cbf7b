import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import Type, { type Static } from 'typebox'
import { lookedAt, ofAnyFormat } from '../../images/looked-at.ts'
import { copyDistance, distances, hashWords } from '../../images/perceptual-hash.ts'
import { fromConfig } from '../../schemas/config-folder.ts'
import { hashOf, sha256 } from '../../schemas/hash.ts'
import { InputError } from '../../schemas/input-error.ts'
import { parseJson } from '../../schemas/json.ts'
import { closed, filledText, readOptions } from '../../schemas/options.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { valueAt } from '../../tasks/fields.ts'
import { imageBytes } from '../../tasks/image-values.ts'
import { type ImageSource, TaskSource } from '../../tasks/source.ts'
import type { ImageHit, ImageProvider } from '../image-search.ts'
import { oneLine } from '../text-search.ts'
import { thumbnailOf } from '../web/thumbnails.ts'

const Titles = Type.Array(Type.Union([Type.String(), Type.Null()]))

/** What was found for one image, as DeepEyesV2 keeps it, or with MMSearch-R1's name for the titles. */
const Entry = Type.Object({
  tool_returned_web_title: Type.Optional(Titles),
  tool_returned_web_title_list: Type.Optional(Titles),
  /** File names; null for a picture that could not be fetched. */
  cached_images_path: Type.Optional(Titles),
})
const Cache = Type.Record(Type.String(), Entry)
type Cache = Static<typeof Cache>

const checked = lazyValidator(Cache)

export const ImageCacheOptions = closed({
  /** JSON: by the key of a task what was found for its image. */
  file: filledText,
  /** The folder with the pictures that were found. */
  images: filledText,
  /** The tasks whose images were searched. */
  tasks: TaskSource,
  /** Where in a task its key stands: `id`, or a name in its `meta`, such as `meta.index`. */
  key: filledText,
  name: Type.Optional(filledText),
  licence: Type.Optional(filledText),
})
export type ImageCacheOptions = Static<typeof ImageCacheOptions>

/**
 * The stored image searches of a data set, as DeepEyesV2 and MMSearch-R1 publish them. They are stored by task, but a
 * tool knows images only. So an image is found by its bytes, or as a near copy, among the first images of the tasks.
 * For any other image, such as a crop, there is nothing. A picture that cannot be read is left out with its title, as
 * they do. Throws InputError for a file in another form and if no task has a key that is in it.
 */
export async function imageCache(given: ImageCacheOptions): Promise<ImageProvider> {
  const options = readOptions('imageCache', ImageCacheOptions, given)
  const { file, name = 'image_cache', licence = null } = options
  const images = fromConfig(options.images)
  const cache = await cacheIn(fromConfig(file))
  const known = await knownImages(options, cache)
  return {
    name,
    options: { content: hashOf(cache), key: options.key },
    usdPerCall: 0,
    async byImage(bytes, top) {
      const key = known.exact.get(sha256(bytes)) ?? (await nearCopy(bytes, known))
      const entry = key === undefined ? undefined : cache[key]
      return entry ? await hitsOf(entry, { images, licence, top, key: key ?? '' }) : []
    },
  }
}

async function cacheIn(file: string): Promise<Cache> {
  const refuse = (problem: string) => new InputError([`${file}: ${problem}`])
  const text = await readFile(file, 'utf8').catch(() => {
    throw refuse('this file cannot be read')
  })
  const content = parseJson(text)
  if (content === undefined)
    throw refuse('this is not JSON; a cache in Python’s pickle must be written as JSON first')
  const valid = checked(content)
  if (!valid.ok) throw refuse(`${valid.field || 'the file'}: ${valid.message}`)
  return valid.value
}

/** The keys of images, by the hash of their bytes and by their looks. */
interface Known {
  exact: Map<string, string>
  keys: string[]
  hashes: Uint32Array
}

async function knownImages({ file, tasks, key }: ImageCacheOptions, cache: Cache): Promise<Known> {
  const exact = new Map<string, string>()
  const keys: string[] = []
  const words: number[] = []
  for await (const row of tasks.read()) {
    const [image] = 'problem' in row ? [] : row.images
    const found = 'problem' in row ? undefined : valueAt({ ...row }, key)
    if (!image || (typeof found !== 'string' && typeof found !== 'number') || !Object.hasOwn(cache, found))
      continue
    const bytes = await bytesOf(image)
    const hash = bytes && (await lookedAt.perceptualHash(ofAnyFormat, bytes).catch(() => null))
    if (!bytes || !hash) continue
    exact.set(sha256(bytes), String(found))
    keys.push(String(found))
    words.push(...hashWords(hash))
  }
  if (keys.length > 0) return { exact, keys, hashes: Uint32Array.from(words) }
  throw new InputError([`${file}: no task of ${tasks.name} has a key at ${key} that is in it, with an image`])
}

/** Intake will say whatever is wrong with an image. */
const bytesOf = async (image: ImageSource): Promise<Uint8Array | null> =>
  await imageBytes(image).catch(() => null)

async function nearCopy(bytes: Uint8Array, { keys, hashes }: Known): Promise<string | undefined> {
  const apart = distances(await lookedAt.perceptualHash(ofAnyFormat, bytes), hashes)
  const least = apart.reduce((a, b) => Math.min(a, b))
  return least <= copyDistance ? keys[apart.indexOf(least)] : undefined
}

async function hitsOf(
  entry: Static<typeof Entry>,
  { images, licence, top, key }: { images: string; licence: string | null; top: number; key: string },
): Promise<ImageHit[]> {
  const titles = entry.tool_returned_web_title ?? entry.tool_returned_web_title_list ?? []
  const hits: ImageHit[] = []
  for (const [index, path] of (entry.cached_images_path ?? []).entries()) {
    const thumbnail = path === null ? null : await pictureAt(images, path)
    const title = oneLine((titles[index] ?? '').toWellFormed())
    if (thumbnail && title && hits.length < top)
      hits.push({ id: `${key}/${index + 1}`, title, licence, score: 1 / (index + 1), thumbnail })
  }
  return hits
}

/** Never outside the folder. Paths of the machine that made the cache are known by their last part. */
async function pictureAt(folder: string, path: string): Promise<Uint8Array | null> {
  const inside = join(folder, path)
  const candidates = relative(folder, inside).startsWith('..') ? [] : [inside]
  for (const candidate of [...candidates, join(folder, basename(path))]) {
    const bytes = await readFile(candidate).catch(() => null)
    if (bytes) return await thumbnailOf(bytes)
  }
  return null
}
