import { type Size, scaledWithin, unbounded, type VisionFamily } from './family.ts'

const tile = 448
const most = 12

/**
 * InternVL 3: a picture is cut into as many as 12 tiles whose sides are nearest to its own, and stands there once more
 * as a whole where they are several; each is 256 tokens (transformers, `image_processing_got_ocr2`).
 */
export const internvl: VisionFamily = {
  model: 'OpenGVLab/InternVL3-8B-hf',
  template: 'intern_vl',
  pixels: unbounded,
  tokens(size, pixels) {
    const { width, height } = bestGrid(scaledWithin(size, pixels))
    const tiles = width * height
    return 256 * (tiles > 1 ? tiles + 1 : 1) + 2
  },
}

/** Grids of tiles, those of few tiles first. */
const grids: Size[] = Array.from({ length: most ** 2 }, (_, index) => ({
  width: Math.floor(index / most) + 1,
  height: (index % most) + 1,
}))
  .filter(({ width, height }) => width * height <= most)
  .sort((one, other) => one.width * one.height - other.width * other.height)

/** Of grids that are equally near, a larger one is taken while the picture would fill half of it. */
function bestGrid({ width, height }: Size): Size {
  let best: Size = { width: 1, height: 1 }
  let nearest = Number.POSITIVE_INFINITY
  for (const grid of grids) {
    const distance = Math.abs(width / height - grid.width / grid.height)
    const isLarger = width * height > 0.5 * tile ** 2 * grid.width * grid.height
    if (distance < nearest || (distance === nearest && isLarger)) best = grid
    nearest = Math.min(nearest, distance)
  }
  return best
}
