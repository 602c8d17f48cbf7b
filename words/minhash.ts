import { mixed } from './shingles.ts'

/**
 * Two texts share a band with the probability 1 − (1 − sʳ)ᵇ, where s is the Jaccard similarity of their shingles, b the
 * number of bands and r their rows: 99.2 % at s = 0.8, 99.99 % at 0.9, 22 % at 0.5, 1 % at 0.3.
 */
export const bands = 16
export const bandRows = 6

const seeds = Uint32Array.from({ length: bands * bandRows }, (_, index) => mixed(index + 1))

/** MinHash (Broder 1997): for each of many hash functions, the least hash of any shingle. */
export function signature(shingles: Uint32Array): Uint32Array {
  const least = new Uint32Array(seeds.length).fill(0xffffffff)
  for (const shingle of shingles) {
    for (let at = 0; at < seeds.length; at++) {
      const product = Math.imul(shingle ^ (seeds[at] as number), 0x9e3779b1)
      const hash = Math.imul(product ^ (product >>> 15), 0x85ebca77) >>> 0
      if (hash < (least[at] as number)) least[at] = hash
    }
  }
  return least
}

/** A key for each band of a signature, below 2⁵², that differs from band to band and by `salt`. */
export function bandKeys(signature: Uint32Array, salt: number): number[] {
  return Array.from({ length: bands }, (_, band) => {
    let [high, low] = [mixed(salt ^ (band + 1)), mixed(salt + band)]
    for (const hash of signature.subarray(band * bandRows, (band + 1) * bandRows)) {
      high = mixed(Math.imul(high, 31) ^ hash)
      low = mixed(Math.imul(low, 33) + hash)
    }
    return (high >>> 12) * 2 ** 32 + low
  })
}
