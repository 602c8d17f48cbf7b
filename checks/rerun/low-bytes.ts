import type { Image } from '../../schemas/image.ts'

/**
 * The first picture of 16 bits a channel whose data differ, in one line for a person; null if there is none. `pixels`,
 * which is equal then, holds the upper eight bits.
 */
export async function lowBytesDifference(
  before: Image[],
  now: Image[],
  bytes: (image: Image) => Promise<Uint8Array>,
): Promise<string | null> {
  for (const [index, image] of before.entries()) {
    const other = now[index]
    if (!other || image.sha256 === other.sha256 || image.mime !== 'image/png') continue
    const [first, second] = [deepData(await bytes(image)), deepData(await bytes(other))]
    if (first && second && !first.equals(second))
      return `image ${index + 1} of ${before.length} has other pixels in its low bytes`
  }
  return null
}

const firstChunk = 8
const depthAt = 24

/** The packed pixels of a PNG with 16 bits a channel; null for another one. Equal pixels are packed equally. */
function deepData(png: Uint8Array): Buffer | null {
  const file = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
  if (file[depthAt] !== 16) return null
  const parts: Buffer[] = []
  for (let place = firstChunk; place + 8 <= file.length; ) {
    const end = place + 8 + file.readUInt32BE(place)
    if (file.toString('latin1', place + 4, place + 8) === 'IDAT') parts.push(file.subarray(place + 8, end))
    place = end + 4
  }
  return Buffer.concat(parts)
}
