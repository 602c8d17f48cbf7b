import { featureSize } from './features.ts'
import { lookedAt, ofAnyFormat } from './looked-at.ts'
import { copyDistance, distances } from './perceptual-hash.ts'
import { bestFits, type Template } from './template.ts'
import type { Variant } from './variants.ts'

/** What is held in memory of each picture, one after the other. */
export interface Looks {
  numbers: number[]
  /** Feature vectors, `featureSize` bytes each. */
  vectors: Uint8Array
  /** Perceptual hashes, four words each. */
  hashes: Uint32Array
}

interface Ranked {
  number: number
  /** 0 to 1. */
  score: number
}

/** Pictures whose looks are most like the query's; over these the query is laid. Measured: bench/image-search.ts. */
const candidates = 100
/**
 * How much it counts that the query lies in a picture, beside that both look alike. Measured: bench/image-search.ts.
 */
const alignedShare = 0.3
/** A copy lacks to 1 a tenth of what it would lack otherwise, which puts copies before all others. */
const copyDoubt = 0.1

/** A feature vector in bytes. */
export const packed = (vector: Float32Array): Uint8Array =>
  Uint8Array.from(vector, value => Math.round(value * 255))

/** The candidates for a query, best first, equals by number. `partsOf` gives the parts of a picture by its number. */
export async function ranked(
  bytes: Uint8Array,
  looks: Looks,
  partsOf: (number: number) => Template[],
): Promise<Ranked[]> {
  const variants = await lookedAt.variants(ofAnyFormat, bytes)
  const alike = variants.map(({ look }) => similarities(look, looks))
  const apart = distances(await lookedAt.perceptualHash(ofAnyFormat, bytes), looks.hashes)
  return worthwhile(variants, alike, apart)
    .map(at => {
      const number = looks.numbers[at] ?? 0
      const share = alike.map(values => values[at] ?? 0)
      const score = scoreOf(variants, share, partsOf(number))
      const isCopy = (apart[at] ?? 0) <= copyDistance
      return { number, score: rounded(isCopy ? 1 - copyDoubt * (1 - score) : score) }
    })
    .sort((a, b) => b.score - a.score || a.number - b.number)
}

/** Where those stand that look most like the query in some way, and its copies. */
function worthwhile(variants: Variant[], alike: Float32Array[], apart: Uint8Array): number[] {
  const best = new Float32Array(apart.length)
  variants.forEach(({ trust }, variant) => {
    alike[variant]?.forEach((value, at) => {
      best[at] = Math.max(best[at] ?? 0, trust * value)
    })
  })
  const least = best.toSorted().at(-candidates) ?? 0
  return [...best.keys()].filter(at => (best[at] ?? 0) >= least || (apart[at] ?? 0) <= copyDistance)
}

function scoreOf(variants: Variant[], alike: number[], parts: Template[]): number {
  const templates = variants.map(({ template }) => template)
  const aligned = bestFits(templates, parts)
  const scores = variants.map(({ trust }, variant) => {
    const both = (1 - alignedShare) * (alike[variant] ?? 0) + alignedShare * (aligned[variant] ?? 0)
    return trust * both
  })
  return Math.min(1, Math.max(...scores))
}

/** Dot products with every picture's vector: cosines, as the vectors are of length 1 but for rounding. */
function similarities(look: Float32Array, { numbers, vectors }: Looks): Float32Array {
  const found = new Float32Array(numbers.length)
  for (let index = 0, from = 0; index < found.length; index++, from += featureSize) {
    let sum = 0
    for (let at = 0; at < featureSize; at++) sum += (look[at] ?? 0) * (vectors[from + at] ?? 0)
    found[index] = sum / 255
  }
  return found
}

/** Digits beyond these differ between processors. */
const rounded = (score: number): number => Number(score.toFixed(6))
