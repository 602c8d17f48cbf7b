import { openPicture } from '../store/normal-picture.ts'

/** Grey levels of 255. JPEG leaves a little noise in what is of one colour. */
const noise = 2

/** Whether all pixels of a picture are, as far as one can see, of the same colour. */
export async function isBlank(bytes: Uint8Array): Promise<boolean> {
  const { channels } = await openPicture(bytes).stats()
  return channels.every(({ min, max }) => max - min <= noise)
}
