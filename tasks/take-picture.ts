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
  const known = await store.get<TakenPicture>('images', key)
  if (known && (await isWhole(known.image, store))) return known
  const { image, changes, bytes: normal } = await normalImage(bytes, { anyFormat: true })
  return store.put('images', key, { image: { sha256: await store.putBlob(normal), ...image }, changes })
}

/** A picture whose file was altered or lost is kept again, because its source is at hand here. */
export async function isWhole({ sha256 }: Image, store: Store): Promise<boolean> {
  try {
    await store.getBlob(sha256)
    return true
  } catch (error) {
    if (error instanceof DamagedError) return false
    throw error
  }
}
