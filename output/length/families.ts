import Type, { type Static } from 'typebox'

/** The families of vision-language models whose way to count a picture is known. */
export const Family = Type.Enum(['qwen2_5_vl', 'qwen3_vl'])
export type Family = Static<typeof Family>

/** The pixels between which a processor scales a picture. */
export interface Pixels {
  least: number
  most: number
}

/** How large a picture is, in pixels. */
export interface Size {
  width: number
  height: number
}

interface PictureRule {
  pixels: Pixels
  /** Tokens of a picture, with those that stand around it. */
  tokens(size: Size, pixels: Pixels): number
}

export const pictureRules: Record<Family, PictureRule> = {
  qwen2_5_vl: {
    pixels: { least: 4 * 28 ** 2, most: 16384 * 28 ** 2 },
    tokens: (size, pixels) => squares(size, 28, pixels) + 2,
  },
  qwen3_vl: {
    pixels: { least: 64 * 32 ** 2, most: 16384 * 32 ** 2 },
    tokens: (size, pixels) => squares(size, 32, pixels) + 2,
  },
}

/**
 * The squares that a picture is cut into once its sides are multiples of `side` and its pixels within bounds: what
 * `smart_resize` of Qwen's image processors does (transformers, `image_processing_qwen2_vl`).
 */
function squares({ width, height }: Size, side: number, { least, most }: Pixels): number {
  const pixels = width * height
  const rounded = halfToEven(width / side) * halfToEven(height / side)
  if (rounded * side ** 2 > most) {
    const down = Math.sqrt(pixels / most)
    return atLeast1(Math.floor(width / down / side)) * atLeast1(Math.floor(height / down / side))
  }
  if (rounded * side ** 2 >= least) return rounded
  const up = Math.sqrt(least / pixels)
  return Math.ceil((width * up) / side) * Math.ceil((height * up) / side)
}

const atLeast1 = (count: number) => Math.max(1, count)

/** As Python rounds. */
function halfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
