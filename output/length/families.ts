import Type, { type Static } from 'typebox'
import type { Size } from './counter.ts'

/** The families of vision-language models whose way to count a picture is known. */
export const Family = Type.Enum(['qwen2_5_vl', 'qwen3_vl'])
export type Family = Static<typeof Family>

/** The pixels between which a processor scales a picture. */
export interface Pixels {
  least: number
  most: number
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
 * `smart_resize` of Qwen's image processors does, which rounds halves to even as Python does.
 */
function squares({ width, height }: Size, side: number, { least, most }: Pixels): number {
  const pixels = width * height
  const rounded = cells(width, side) * cells(height, side) * side ** 2
  if (rounded > most) return scaled(Math.sqrt(pixels / most), Math.floor)
  if (rounded < least) return scaled(1 / Math.sqrt(least / pixels), Math.ceil)
  return rounded / side ** 2

  function scaled(by: number, round: (cells: number) => number): number {
    return Math.max(1, round(height / by / side)) * Math.max(1, round(width / by / side))
  }
}

const cells = (pixels: number, side: number) => Math.max(1, halfToEven(pixels / side))

function halfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
