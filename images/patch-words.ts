/** Cells a side of a patch that a word is made of. */
export const patchSize = 8

/**
 * Which waves a word is made of: the longest ones, without the mean; 27, so that words of other pictures seldom meet.
 */
const longest = 7
const waves = Array.from({ length: longest }, (_, across) =>
  Array.from({ length: longest - across }, (_, down) => ({ across, down })),
)
  .flat()
  .filter(({ across, down }) => across + down > 0)

/** One for each wave. */
export const wordBits = waves.length

/** Of each wave, one after the other, its value in each cell. */
const cosines = Float64Array.from({ length: patchSize ** 2 }, (_, index) => {
  const [wave, at] = [Math.floor(index / patchSize), index % patchSize]
  return Math.cos((Math.PI * (at + 0.5) * wave) / patchSize)
})

/** How strong a wave must be, of the whole patch, to count: weaker ones are noise. */
const faint = 0.03
/** How many bits may well be the other way. */
const unsure = 4

/** A number that stays the same under what changes a picture a little, and its bits that are the least certain. */
export interface Word {
  word: number
  doubtful: number
}

/** A patch as a word, and what the word of its mirror image is. */
export interface PatchWord {
  seen: Word
  mirrored: Word
}

/**
 * The signs of a patch's long waves, as in the perceptual hash by the discrete cosine transform; null for a plain
 * patch.
 */
export function patchWord(patch: Float32Array): PatchWord | null {
  const strengths = waves.map(wave => strength(patch, wave))
  const norm = Math.hypot(...strengths)
  if (norm < 4 * patchSize) return null
  const turned = strengths.map((value, at) => ((waves[at]?.across ?? 0) % 2 === 1 ? -value : value))
  return { seen: wordOf(strengths, faint * norm), mirrored: wordOf(turned, faint * norm) }
}

function wordOf(strengths: readonly number[], least: number): Word {
  const doubtful = strengths
    .map((value, at) => ({ at, doubt: Math.abs(value - least) }))
    .sort((a, b) => a.doubt - b.doubt)
    .slice(0, unsure)
  return {
    word: strengths.reduce((word, value, at) => word | (value > least ? 1 << at : 0), 0),
    doubtful: doubtful.reduce((mask, { at }) => mask | (1 << at), 0),
  }
}

/** The words that a patch may have in another picture. */
export const wordsFor = ({ word, doubtful }: Word): number[] => subsets(doubtful).map(flips => word ^ flips)

function subsets(mask: number): number[] {
  const found = [0]
  for (let subset = mask; subset > 0; subset = (subset - 1) & mask) found.push(subset)
  return found
}

function strength(patch: Float32Array, { across, down }: { across: number; down: number }): number {
  let sum = 0
  for (let y = 0; y < patchSize; y++)
    for (let x = 0; x < patchSize; x++)
      sum +=
        (patch[y * patchSize + x] ?? 0) *
        (cosines[across * patchSize + x] ?? 0) *
        (cosines[down * patchSize + y] ?? 0)
  return sum
}
