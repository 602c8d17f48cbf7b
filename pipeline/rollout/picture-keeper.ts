import type { Image } from '../../schemas/image.ts'
import type { Part } from '../../schemas/task.ts'
import { FormatError, ImageError, TooSlowError } from '../../store/errors.ts'
import { type Normal, normalImage } from '../../store/images.ts'
import type { Store } from '../../store/store.ts'
import { shownAsItWas } from '../../tools/refused-pictures.ts'
import type { PictureLimits } from '../config.ts'

/** Below the 32 MB and 100 pictures that a request to Anthropic may have, with room for those of the question. */
const defaults: Required<PictureLimits> = {
  callMegabytes: 12,
  callMegapixels: 50,
  megabytes: 20,
  megapixels: 150,
  count: 80,
}

/** The pictures of a call, or of all: how many, of how many bytes and pixels. */
interface Sum {
  count: number
  bytes: number
  pixels: number
}

const sum = (all: readonly Sum[]): Sum => ({
  count: all.reduce((total, { count }) => total + count, 0),
  bytes: all.reduce((total, { bytes }) => total + bytes, 0),
  pixels: all.reduce((total, { pixels }) => total + pixels, 0),
})

/** Why a picture cannot be shown besides those of the same call and those before it; null where there is room. */
export type Room = (picture: Sum, ofCall: Sum) => Promise<string | null>

/** Room by the limits of a config, where `shown` are the pictures that tools have shown. */
export function roomWithin(given: PictureLimits, shown: () => readonly Image[], store: Store): Room {
  const limits = { ...defaults, ...given }
  const sizes = new Map<string, number>()

  async function sumOf({ sha256, width, height }: Image): Promise<Sum> {
    const bytes = sizes.get(sha256) ?? (await store.getBlob(sha256)).length
    sizes.set(sha256, bytes)
    return { count: 1, bytes, pixels: width * height }
  }

  return async (picture, ofCall) => {
    const call = sum([ofCall, picture])
    if (call.bytes > limits.callMegabytes * 1e6)
      return `one call shows at most ${limits.callMegabytes} MB of pictures`
    if (call.pixels > limits.callMegapixels * 1e6)
      return `one call shows at most ${limits.callMegapixels} million pixels`
    const before = sum([ofCall, ...(await Promise.all(shown().map(sumOf)))])
    const all = sum([before, picture])
    const already = (what: string) => `this conversation has ${what} already`
    if (all.count > limits.count) return already(`${before.count} of at most ${limits.count} pictures`)
    if (all.bytes > limits.megabytes * 1e6)
      return already(`${(before.bytes / 1e6).toFixed(1)} of at most ${limits.megabytes} MB of pictures`)
    if (all.pixels > limits.megapixels * 1e6)
      return already(`${(before.pixels / 1e6).toFixed(1)} of at most ${limits.megapixels} million pixels`)
    return null
  }
}

/** Room for as many as a call showed when it was made before. */
export const roomFor =
  (images: number): Room =>
  async (_, { count }) =>
    count < images ? null : `one call shows at most ${images} pictures here`

type Taken = Pick<Normal, 'image' | 'bytes'>

/**
 * Keeps the pictures of one call, one after another, as long as there is room. After one for which there is none, or
 * that took too long, no other of the call is looked at. `refused` counts those that are not kept, by reason. What the
 * call showed `before`, if it was made before, stays as it was.
 */
export function pictureKeeper(store: Store, room: Room, before: readonly Part[] = []) {
  const asItWas = shownAsItWas(before)
  const refused = new Map<string, number>()
  let ofCall: Sum = { count: 0, bytes: 0, pixels: 0 }
  let last: Promise<unknown> = Promise.resolve()
  let end: string | null = null

  async function taken(bytes: Uint8Array): Promise<Taken | string> {
    if (end) return end
    try {
      const known = asItWas(bytes)
      const normal = known ? { image: known, bytes } : await normalImage(bytes)
      const { width, height } = normal.image
      const picture = { count: 1, bytes: normal.bytes.length, pixels: width * height }
      end = await room(picture, ofCall)
      if (end) return end
      ofCall = sum([ofCall, picture])
      return normal
    } catch (error) {
      if (!(error instanceof ImageError)) throw error
      if (error instanceof TooSlowError) end = wordsFor(error)
      return wordsFor(error)
    }
  }

  async function keep(bytes: Uint8Array): Promise<Image | null> {
    const found = await taken(bytes)
    if (typeof found !== 'string') return { sha256: await store.putBlob(found.bytes), ...found.image }
    refused.set(found, (refused.get(found) ?? 0) + 1)
    return null
  }

  return {
    refused,
    keep(bytes: Uint8Array): Promise<Image | null> {
      const kept = last.then(() => keep(bytes))
      last = kept.catch(() => {})
      return kept
    },
  }
}

function wordsFor(error: ImageError): string {
  if (error instanceof FormatError) return 'only PNG, JPEG, WebP and GIF are; save it as PNG'
  if (error instanceof TooSlowError) return 'it takes too long to read; save it as a plain PNG'
  return 'it is broken or has more than 50 million pixels; save it as PNG'
}
