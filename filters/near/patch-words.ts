/** Cells a side of a patch that a word is made of. */
export const patchSize = 8

/** Which waves a word is made of: the longest ones, without the mean; 27, so that words of other pictures seldom meet. */
const longest = 7
const waves = Array.from({ length: longest }, (_, across) =>
  Array.from({ length: longest - across }, (_, down) => ({ across, down })),
)
  .flat()
  .filter(({ across, down }) => across + down > 0)

const cosines = Array.from({ length: patchSize }, (_, wave) =>
  Float64Array.from({ length: patchSize }, (_, at) => Math.cos((Math.PI * (at + 0.5) * wave) / patchSize)),
)

/** How strong a wave must be, of the whole patch, to count: weaker ones are noise. */
const faint = 0.03
/** How many bits may well be the other way. */
export const unsure = 4

/** A patch as one number that stays the same under what changes a picture a little, and the numbers it may turn into. */
export interface PatchWord {
  word: number
  /** The word of the mirrored patch. */
  mirrored: number
  /** Words that the least certain bits would make, this one included. */
  likely: number[]
}

/** The signs of a patch's long waves, as in the perceptual hash by the discrete cosine transform; null for a plain patch. */
export function patchWord(patch: Float32Array): PatchWord | null {
  const strengths = waves.map(wave => strength(patch, wave))
  const norm = Math.hypot(...strengths)
  if (norm < 4 * patchSize) return null
  const bit = (value: number) => (value > faint * norm ? 1 : 0)
  const word = bits(strengths.map(bit))
  const mirrored = bits(
    strengths.map((value, at) => bit((waves[at]?.across ?? 0) % 2 === 1 ? -value : value)),
  )
  const doubtful = strengths
    .map((value, at) => ({ at, doubt: Math.abs(value - faint * norm) }))
    .sort((a, b) => a.doubt - b.doubt)
    .slice(0, unsure)
  const likely = Array.from({ length: 2 ** unsure }, (_, flips) =>
    doubtful.reduce((turned, { at }, index) => ((flips >> index) & 1 ? turned ^ (1 << at) : turned), word),
  )
  return { word, mirrored, likely }
}

function strength(patch: Float32Array, { across, down }: { across: number; down: number }): number {
  let sum = 0
  for (let y = 0; y < patchSize; y++)
    for (let x = 0; x < patchSize; x++)
      sum +=
        (patch[y * patchSize + x] as number) *
        ((cosines[across] as Float64Array)[x] as number) *
        ((cosines[down] as Float64Array)[y] as number)
  return sum
}

const bits = (values: number[]) => values.reduce((word, value, at) => word | (value << at), 0)
