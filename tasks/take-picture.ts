import { hashOf, sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { DamagedError, ImageError } from '../store/errors.ts'
import { stampOf } from '../store/file-stamp.ts'
import { normalImage } from '../store/images.ts'
import type { PictureChange } from '../store/normal-picture.ts'
import type { Store } from '../store/store.ts'
import { type ImageFile, imageBytes, pathThere } from './image-values.ts'
import { demandChosen } from './picture-choices.ts'
import type { ImageSource, PictureChoices } from './source.ts'

/** A picture of a task as it is kept, and what was changed for that. */
export interface TakenPicture {
  image: Image
  changes: PictureChange[]
  /** Bytes of it as it is kept. */
  size: number
}

/** Takes a picture in, looked up by its source bytes first; or says what is wrong with it. */
export async function takePicture(
  source: ImageSource,
  choices: PictureChoices,
  store: Store,
): Promise<TakenPicture | string> {
  try {
    const taken =
      'path' in source ? await keptFile(source, store) : await kept(await imageBytes(source), store)
    demandChosen(taken, choices)
    return taken
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    return `${source.place}: ${error.message}; ${error.cure} or remove the row`
  }
}

/** A file that nobody has touched since is not read again. */
async function keptFile({ place, path: written }: ImageFile, store: Store): Promise<TakenPicture> {
  const path = await pathThere(written)
  const stamp = stampOf(path)
  const key = stamp === null ? null : `alike file/${hashOf({ path, stamp })}`
  const known = key && (await keptBefore(key, store))
  if (known) return known
  const { size, ...taken } = await kept(await imageBytes({ place, path }), store)
  // Nobody waits for it: a note that is lost is made again.
  if (key) store.put<Looked>('images', key, taken).catch(() => {})
  return { ...taken, size }
}

/** Kept under another key where the same bytes give another picture: older kindlings left more of them as they were. */
async function kept(bytes: Uint8Array, store: Store): Promise<TakenPicture> {
  const key = `alike/${sha256(bytes)}`
  const known = await keptBefore(key, store)
  if (known) return known
  const { image, changes, bytes: normal } = await normalImage(bytes, { anyFormat: true })
  const looked = { image: { sha256: await store.putBlob(normal), ...image }, changes }
  return { ...(await store.put<Looked>('images', key, looked)), size: normal.length }
}

/** What is put down of a picture. */
type Looked = Omit<TakenPicture, 'size'>

/** Undefined where none is put down, and where it is not whole any more. */
async function keptBefore(key: string, store: Store): Promise<TakenPicture | undefined> {
  const known = await store.get<Looked>('images', key)
  const size = known && (await sizeKept(known.image, store))
  return known && size ? { ...known, size } : undefined
}

/**
 * Bytes of a picture that is kept whole. Null for one whose file was altered or lost: it is kept again, because its
 * source is at hand here.
 */
export async function sizeKept({ sha256 }: Image, store: Store): Promise<number | null> {
  try {
    return (await store.getBlob(sha256)).length
  } catch (error) {
    if (error instanceof DamagedError) return null
    throw error
  }
}
