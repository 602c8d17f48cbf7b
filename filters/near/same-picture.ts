import { type Alignment, alignments, type Comparable, view } from './alignment.ts'
import { type Plane, whole } from './plane.ts'

/** Cells a side in which two pictures are compared: as fine as a part of 70 % is still seen. */
const size = 56
/** How different a cell may be, of 255, where both show the same: JPEG and resizing change so much. */
const tolerance = 28
/** Share of cells that may differ more: of all, and of any of the parts, `parts` a side. */
const allowed = { all: 0.012, part: 0.16 }
const parts = 7

/**
 * Whether one picture is the other, or a part of it at least 70 % as wide and as high, mirrored or not, after what JPEG and
 * resizing do. Pictures of one style that show different things differ somewhere, if only in a small part.
 */
export const isSamePicture = (a: Comparable, b: Comparable): boolean => alignments(a, b).some(fits)

function fits({ inner, outer, window, mirrored }: Alignment): boolean {
  const differs = new Uint8Array(size ** 2)
  for (const [colour, sums] of inner.sums.entries()) {
    const [ours, theirs] = [
      view(sums, whole, size, mirrored),
      view(outer.sums[colour] as Plane, window, size, false),
    ]
    for (let at = 0; at < differs.length; at++)
      if (Math.max(distance(ours, theirs, at), distance(theirs, ours, at)) > tolerance) differs[at] = 1
  }
  return isLittle(differs)
}

/** How far a value is outside the range of what the other picture shows around its place: lines may lie half a cell off. */
function distance(values: Float32Array, others: Float32Array, at: number): number {
  const value = values[at] as number
  let [least, most] = [255, 0]
  for (
    let row = Math.max(0, Math.floor(at / size) - 1);
    row <= Math.min(size - 1, Math.floor(at / size) + 1);
    row++
  )
    for (let column = Math.max(0, (at % size) - 1); column <= Math.min(size - 1, (at % size) + 1); column++) {
      const other = others[row * size + column] as number
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
    counts[part] = (counts[part] as number) + 1
  }
  return all <= allowed.all * size ** 2 && Math.max(...counts) <= allowed.part * (size / parts) ** 2
}
