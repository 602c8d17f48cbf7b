import { sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { DamagedError, ImageError } from '../store/errors.ts'
import { normalImage } from '../store/images.ts'
import type { PictureChange } from '../store/normal-picture.ts'
import type { Store } from '../store/store.ts'
import { imageBytes } from './image-values.ts'
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
    const taken = await kept(await imageBytes(source), store)
    demandChosen(taken, choices)
    return taken
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    return `${source.place}: ${error.message}; ${error.cure} or remove the row`
  }
}

/** Kept under another key where the same bytes give another picture: older kindlings left more of them as they were. */
async function kept(bytes: Uint8Array, store: Store): Promise<TakenPicture> {
  const key = `alike/${sha256(bytes)}`
  const known = await store.get<Omit<TakenPicture, 'size'>>('images', key)
  const size = known && (await sizeKept(known.image, store))
  if (known && size) return { ...known, size }
  const { image, changes, bytes: normal } = await normalImage(bytes, { anyFormat: true })
  const picture = { image: { sha256: await store.putBlob(normal), ...image }, changes }
  return { ...(await store.put('images', key, picture)), size: normal.length }
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
