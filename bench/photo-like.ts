import sharp from 'sharp'
import { random } from '../examples/demo/random.ts'

/**
 * Noise with as much contrast at every size of detail, which is what photographs have on average (Field 1987), mostly of
 * lightness. No two seeds show the same.
 */
export async function photoLike(seed: string, width = 320, height = 240): Promise<Buffer> {
  const chance = random(seed)
  const sums = new Float32Array(width * height * 3)
  for (let cells = 2; cells <= 128; cells *= 2) {
    const [across, down] = [cells, Math.max(2, Math.round((cells * height) / width))]
    const noise = Uint8Array.from({ length: across * down * 3 }, () => chance.integer(0, 255))
    const detail = await sharp(noise, { raw: { width: across, height: down, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer()
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) + (detail[at] ?? 0) - 127.5
  }
  const pixels = new Uint8Array(sums.length)
  for (let at = 0; at < sums.length; at++) {
    const value = 127.5 + 0.22 * (sums[at - (at % 3)] ?? 0) + 0.1 * (sums[at] ?? 0)
    pixels[at] = Math.max(0, Math.min(255, value))
  }
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer()
}
