import type { Pixels, Size, VisionFamily } from './family.ts'

export const qwen2_5_vl: VisionFamily = {
  model: 'Qwen/Qwen2.5-VL-7B-Instruct',
  template: 'qwen2_vl',
  pixels: { least: 4 * 28 ** 2, most: 16384 * 28 ** 2 },
  tokens: (size, pixels) => squares(size, 28, pixels) + 2,
}

export const qwen3_vl: VisionFamily = {
  model: 'Qwen/Qwen3-VL-8B-Instruct',
  template: 'qwen3_vl',
  pixels: { least: 64 * 32 ** 2, most: 16384 * 32 ** 2 },
  tokens: (size, pixels) => squares(size, 32, pixels) + 2,
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
