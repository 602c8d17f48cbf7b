import { type Size, scaledWithin, unbounded, type VisionFamily } from './family.ts'

/** Patches along a side of 336 pixels. */
const side = 24

/** The canvases that a picture is laid onto, in squares of 336 pixels. */
const canvases: Size[] = [
  { height: 1, width: 2 },
  { height: 2, width: 1 },
  { height: 2, width: 2 },
  { height: 3, width: 1 },
  { height: 1, width: 3 },
]

/**
 * LLaVA-NeXT (1.6): the picture once as a square, and once on the canvas that keeps most of it; of that, patches of the
 * empty rim go, and each row ends with one more (transformers, `processing_llava_next`).
 */
export const llavaNext: VisionFamily = {
  model: 'llava-hf/llava-v1.6-vicuna-7b-hf',
  template: 'llava_next',
  pixels: unbounded,
  tokens(size, pixels) {
    const scaled = scaledWithin(size, pixels)
    return side ** 2 + patchesOn(bestCanvas(scaled), scaled)
  },
}

/** The one on which most of the picture's pixels are left, and of these the smallest. */
function bestCanvas(size: Size): Size {
  const judged = canvases.map(canvas => {
    const [height, width] = [canvas.height * 336, canvas.width * 336]
    const scale = Math.min(width / size.width, height / size.height)
    const shown = Math.trunc(size.width * scale) * Math.trunc(size.height * scale)
    const left = Math.min(shown, size.width * size.height)
    return { canvas, left, wasted: height * width - left }
  })
  const [best] = judged.sort((one, other) => other.left - one.left || one.wasted - other.wasted)
  return best?.canvas ?? { height: 1, width: 1 }
}

function patchesOn(canvas: Size, { width, height }: Size): number {
  let [rows, columns] = [canvas.height * side, canvas.width * side]
  if (width / height > columns / rows) rows -= rim(rows, height * (columns / width))
  else columns -= rim(columns, width * (rows / height))
  return rows * columns + rows
}

/** What is empty along a side, alike at both ends. */
const rim = (whole: number, used: number): number =>
  2 * Math.floor((whole - Math.trunc(Number(used.toFixed(7)))) / 2)
