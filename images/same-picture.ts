import { type Alignment, alignments, type Comparable, view } from './alignment.ts'
import { whole } from './plane.ts'
import { sketchMethod } from './sketch.ts'

/** Raised, as that of sketches, when the same two images could be judged differently. */
export const samePictureMethod = `same-picture-3 of ${sketchMethod}`

/** Cells a side in which two pictures are compared: as fine as a part of 70 % is still seen. */
const size = 56
/**
 * How different a cell may be, of 255, if both pictures show the same: JPEG and resizing change so much. In a picture
 * of hairlines, which are faint in cells, it is a share of what stands out: half a line, because a line may lie on the
 * border of two cells.
 */
const tolerance = { most: 28, least: 7, share: 0.6 }
/** Share of cells, those farthest from the mean, by which is told what stands out. */
const outstanding = 0.01
/** Share of cells that may differ more: of all, and of any of the parts, `parts` a side. */
const allowed = { all: 0.012, part: 0.16 }
const parts = 7

/**
 * Whether one picture is the other, or a part of it at least 70 % as wide and as high, mirrored or not, after what JPEG
 * and resizing do. Pictures of one style that show different things differ somewhere, if only in a small part.
 */
export const isSamePicture = (a: Comparable, b: Comparable): boolean =>
  Iterator.from(alignments(a, b)).some(fits)

function fits({ inner, outer, window, mirrored }: Alignment): boolean {
  const differs = new Uint8Array(size ** 2)
  for (const [colour, sums] of inner.sums.entries()) {
    const [ours, theirs] = [
      view(sums, whole, size, mirrored),
      view(outer.sums[colour] ?? sums, window, size, false),
    ]
    const allowance = toleranceFor(ours)
    for (let at = 0; at < differs.length; at++)
      if (
        Math.abs((ours[at] ?? 0) - (theirs[at] ?? 0)) > allowance &&
        Math.max(distance(ours, theirs, at), distance(theirs, ours, at)) > allowance
      )
        differs[at] = 1
  }
  return isLittle(differs)
}

function toleranceFor(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const apart = new Uint32Array(256)
  for (const value of values) {
    const bin = Math.min(255, Math.floor(Math.abs(value - mean)))
    apart[bin] = (apart[bin] ?? 0) + 1
  }
  let contrast = 255
  for (let beyond = 0; contrast > 0; contrast--) {
    beyond += apart[contrast] ?? 0
    if (beyond > outstanding * values.length) break
  }
  return Math.min(tolerance.most, Math.max(tolerance.least, tolerance.share * contrast))
}

/**
 * How far a value is outside the range of what the other picture shows around its place: lines may lie half a cell off.
 */
function distance(values: Float32Array, others: Float32Array, at: number): number {
  const value = values[at] ?? 0
  let [least, most] = [255, 0]
  for (
    let row = Math.max(0, Math.floor(at / size) - 1);
    row <= Math.min(size - 1, Math.floor(at / size) + 1);
    row++
  )
    for (let column = Math.max(0, (at % size) - 1); column <= Math.min(size - 1, (at % size) + 1); column++) {
      const other = others[row * size + column] ?? 0
      if (other < least) least = other
      if (other > most) most = other
    }
  return Math.max(least - value, value - most)
}

function isLittle(differs: Uint8Array): boolean {
  const counts = new Uint32Array(parts ** 2)
  let all = 0
  for (const [at, different] of differs.entries()) {
    if (!different) continue
    all++
    const part =
      Math.floor((Math.floor(at / size) * parts) / size) * parts + Math.floor(((at % size) * parts) / size)
    counts[part] = (counts[part] ?? 0) + 1
  }
  return all <= allowed.all * size ** 2 && Math.max(...counts) <= allowed.part * (size / parts) ** 2
}
