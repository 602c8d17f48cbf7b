import type { Image } from '../../schemas/image.ts'

/**
 * The first picture of 16 bits a channel that is made of other bytes now, in one line for a person; null if there is
 * none. Only an older kindling kept such a picture; `pixels`, which is equal then, holds the upper eight bits.
 */
export async function lowBytesDifference(
  before: Image[],
  now: Image[],
  bytes: (image: Image) => Promise<Uint8Array>,
): Promise<string | null> {
  for (const [index, image] of before.entries())
    if (image.sha256 !== now[index]?.sha256 && isDeep(image, await bytes(image)))
      return `image ${index + 1} of ${before.length} has other pixels in its low bytes`
  return null
}

const depthAt = 24

const isDeep = ({ mime }: Image, bytes: Uint8Array) => mime === 'image/png' && bytes[depthAt] === 16
