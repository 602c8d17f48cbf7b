import sharp from 'sharp'
import { maxPixels } from '../store/images.ts'
import { keypoints } from './keypoints.ts'
import { type PatchWord, patchSize, patchWord } from './patch-words.ts'
import { cells, integral, type Plane, type Window, whole } from './plane.ts'

/** Raised when the same image gives another sketch. */
export const sketchMethod = 'sketch-1'

/** Pixels a side of the square that images are compared in. */
export const side = 96
/** Pixels of the longer side at which spots are looked for. */
const spotSide = 224
const spots = 128

/** What is known of an image: words to find it by, and its colours to compare it by. */
export interface Sketch {
  words: PatchWord[]
  /** Red, green and blue, each `side` × `side`, whatever the image's own shape. */
  planes: Plane[]
}

/** Windows that are looked at in every image, so that plain ones have words too. */
const fixed: Window[] = [
  whole,
  { x: 0.05, y: 0.05, width: 0.9, height: 0.9 },
  { x: 0.125, y: 0.125, width: 0.75, height: 0.75 },
  ...[0, 0.25, 0.5].flatMap(y => [0, 0.25, 0.5].map(x => ({ x, y, width: 0.5, height: 0.5 }))),
]

/** The bytes of an image's sketch, to keep. Throws what sharp throws for bytes it cannot read. */
export async function sketchBytes(bytes: Uint8Array): Promise<Uint8Array> {
  const flat = sharp(bytes, { limitInputPixels: maxPixels })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
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
  const words = wordsOf(grey)
  const numbers = Int32Array.from(
    words.flatMap(({ seen, mirrored }) => [seen, mirrored].flatMap(({ word, doubtful }) => [word, doubtful])),
  )
  return Buffer.concat([square, new Uint8Array(numbers.buffer)])
}

function wordsOf(grey: Plane): PatchWord[] {
  const sums = integral(grey)
  return [...fixed, ...keypoints(grey, spots)].flatMap(
    window => patchWord(cells(sums, window, patchSize)) ?? [],
  )
}

/** Numbers that a patch is kept as. */
const perPatch = 4

export function sketchOf(bytes: Uint8Array): Sketch {
  const planes = [0, 1, 2].map(colour => ({
    width: side,
    height: side,
    values: Float32Array.from({ length: side ** 2 }, (_, at) => bytes[at * 3 + colour] as number),
  }))
  const numbers = new Int32Array(Uint8Array.from(bytes.subarray(side ** 2 * 3)).buffer)
  const words = Array.from({ length: numbers.length / perPatch }, (_, at) => {
    const [word = 0, doubtful = 0, other = 0, otherDoubtful = 0] = numbers.subarray(at * perPatch)
    return { seen: { word, doubtful }, mirrored: { word: other, doubtful: otherDoubtful } }
  })
  return { words, planes }
}
