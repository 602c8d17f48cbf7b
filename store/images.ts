import type { Image } from '../schemas/image.ts'
import { FormatError, ImageError } from './errors.ts'
import { isCommon, type Normalised } from './normal-picture.ts'
import { type Bound, inPictureProcess } from './picture-process.ts'
import type { Store } from './store.ts'

export { maxPixels } from './normal-picture.ts'

/** Larger ones are refused before they are read, in bytes. */
export const maxImageBytes = 100_000_000

const normalise = inPictureProcess<[Uint8Array], Normalised>(import.meta.url, './normal-picture', 'normalise')

/**
 * Normalise an image once and keep it: what everyone sees alike stays as it is, all else is drawn anew. Throws
 * ImageError for what is not a usable image: FormatError for anything but PNG, JPEG, WebP and GIF, unless `anyFormat`
 * is taken, and TooSlowError.
 */
export async function keepImage(store: Store, given: Uint8Array, bound: Bound = {}): Promise<Image> {
  const { image, bytes } = await normalImage(given, bound)
  return { sha256: await store.putBlob(bytes), ...image }
}

/** A picture before it is kept. */
export interface Normal extends Normalised {
  bytes: Uint8Array
}

/** Normalise an image, and keep nothing. Throws as `keepImage` does. */
export async function normalImage(bytes: Uint8Array, bound: Bound = {}): Promise<Normal> {
  if (bytes.length === 0) throw new ImageError('it has no bytes')
  if (bytes.length > maxImageBytes) throw new ImageError(tooManyBytes(bytes.length))
  if (!bound.anyFormat && !isCommon(bytes)) throw new FormatError('it is no PNG, JPEG, WebP or GIF')
  const normalised = await normalise(bound, bytes)
  return { ...normalised, bytes: normalised.bytes ?? bytes }
}

export const tooManyBytes = (bytes: number): string =>
  `it has ${Math.ceil(bytes / 1e6)} MB; at most ${maxImageBytes / 1e6} MB are taken`
