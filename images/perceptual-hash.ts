import { oklab } from './colours.ts'
import { pixelsOf } from './pixels.ts'

/**
 * Bits that differ, of 128, up to which two pictures are copies: another size, another encoding, slightly other
 * colours.
 */
export const copyDistance = 6

/** Steps of lightness and of colour (Oklab) that are more than what an encoder adds. */
const [edge, tint] = [0.02, 0.04]

/**
 * 128 bits, as 32 hexadecimal digits, that copies of a picture share almost all of: where it gets lighter from left to
 * right (dHash, Krawetz 2013), and where it is red, green, yellow and blue, without which plain pictures would all be
 * alike. A crop or a mirrored picture has another one. Throws what sharp throws for bytes it cannot read.
 */
export async function perceptualHash(bytes: Uint8Array): Promise<string> {
  const light = (await coloursOf(bytes, 9, 8)).map(([lightness]) => lightness)
  const rising = Array.from({ length: 64 }, (_, bit) => {
    const at = Math.floor(bit / 8) * 9 + (bit % 8)
    return (light[at + 1] ?? 0) - (light[at] ?? 0) > edge
  })
  const tinted = (await coloursOf(bytes, 4, 4)).flatMap(([, a, b]) => [
    a > tint,
    a < -tint,
    b > tint,
    b < -tint,
  ])
  const bits = [...rising, ...tinted].map(Number).join('')
  return (bits.match(/.{4}/g) ?? []).map(four => Number.parseInt(four, 2).toString(16)).join('')
}

/** How many bits of a hash differ from those of each of many, four words each. */
export function distances(hash: string, others: Uint32Array): Uint8Array {
  const words = hashWords(hash)
  return Uint8Array.from({ length: others.length / words.length }, (_, index) =>
    words.reduce((sum, word, at) => sum + bitsIn(word ^ (others[index * words.length + at] ?? 0)), 0),
  )
}

/** How many bits of two hashes differ. */
export const hashDistance = (one: string, other: string): number => distances(one, hashWords(other))[0] ?? 0

/** The four words of a hash. */
export const hashWords = (hash: string): Uint32Array =>
  Uint32Array.from(hash.match(/.{8}/g) ?? [], word => Number.parseInt(word, 16))

/** Bits that are 1, added up in ever wider fields (Warren, Hacker's Delight, 5-1). */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

async function coloursOf(bytes: Uint8Array, width: number, height: number) {
  const pixels = await pixelsOf(bytes, width, height)
  return Array.from({ length: width * height }, (_, at) =>
    oklab(pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0),
  )
}
