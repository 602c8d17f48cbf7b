import { keypoints } from './keypoints.ts'
import { type PatchWord, patchSize, patchWord } from './patch-words.ts'
import { onWhite } from './pixels.ts'
import { cells, integral, type Plane, type Window, whole } from './plane.ts'

/** Raised when the same image gives another sketch. */
export const sketchMethod = 'sketch-2'

/** Pixels a side of the square that images are compared in. */
export const side = 96
/** Pixels of the longer side at which spots are looked for. */
const spotSide = 224
const most = 128

/** A part of an image and the words to find it by. */
export interface Spot extends PatchWord {
  window: Window
}

/** Windows that are looked at in every image, so that plain ones have words too. */
const fixed: Window[] = [
  whole,
  { x: 0.05, y: 0.05, width: 0.9, height: 0.9 },
  { x: 0.125, y: 0.125, width: 0.75, height: 0.75 },
  ...[0, 0.25, 0.5].flatMap(y => [0, 0.25, 0.5].map(x => ({ x, y, width: 0.5, height: 0.5 }))),
]

/** The sketch of an image, to keep: its colours and its spots. Throws what sharp throws for bytes it cannot read. */
export async function sketchBytes(bytes: Uint8Array): Promise<Uint8Array> {
  const flat = onWhite(bytes).toColourspace('srgb')
  const square = await flat
    .clone()
    .resize(side, side, { fit: 'fill', kernel: 'linear' })
    .removeAlpha()
    .raw()
    .toBuffer()
  const { data, info } = await flat
    .clone()
    .resize(spotSide, spotSide, { fit: 'inside', kernel: 'linear' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const grey: Plane = { width: info.width, height: info.height, values: Float32Array.from(data) }
  const numbers = Float64Array.from(
    spotsOf(grey).flatMap(({ window, seen, mirrored }) => [
      ...[window.x, window.y, window.width, window.height],
      ...[seen.word, seen.doubtful, mirrored.word, mirrored.doubtful],
    ]),
  )
  return Buffer.concat([square, new Uint8Array(numbers.buffer)])
}

const spotsOf = (grey: Plane): Spot[] => {
  const sums = integral(grey)
  return [...fixed, ...keypoints(grey, most)].flatMap(window => {
    const words = patchWord(cells(sums, window, patchSize))
    return words ? { ...words, window } : []
  })
}

/** Numbers that a spot is kept as. */
const perSpot = 8

/** The spots of a sketch: what an image is found by. */
export function spotsIn(sketch: Uint8Array): Spot[] {
  const numbers = new Float64Array(Uint8Array.from(sketch.subarray(side ** 2 * 3)).buffer)
  return Array.from({ length: numbers.length / perSpot }, (_, at) => {
    const [x = 0, y = 0, width = 0, height = 0, ...words] = numbers.subarray(at * perSpot, (at + 1) * perSpot)
    const [word = 0, doubtful = 0, other = 0, otherDoubtful = 0] = words
    return {
      window: { x, y, width, height },
      seen: { word, doubtful },
      mirrored: { word: other, doubtful: otherDoubtful },
    }
  })
}

/** What an image is compared by: red, green and blue, each `side` × `side`, whatever the image's own shape. */
export const planesIn = (sketch: Uint8Array): Plane[] =>
  [0, 1, 2].map(colour => ({
    width: side,
    height: side,
    values: Float32Array.from({ length: side ** 2 }, (_, at) => sketch[at * 3 + colour] ?? 0),
  }))
