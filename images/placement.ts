import type { Window } from './plane.ts'

/**
 * Where all of one picture would lie in another, perhaps mirrored: a window in shares of the other, larger than the
 * other where it is the other that is the part.
 */
export interface Placement {
  window: Window
  mirrored: boolean
}

/** How far a part may stick out: spots are found with some error, which grows with the distance from them. */
const slack = 0.2
/** A part is at least two thirds of a whole along each side, or nearly so. */
const [smallest, largest] = [0.55, 1.8]
/** How far the middles of two placements that agree may be apart, and how many times as large one may be. */
const near = { middle: 0.15, size: 1.42 }

/** Where a picture lies if a spot of it is that of another; undefined where neither could be a part of the other. */
export function placementOf(spot: Window, other: Window, mirrored: boolean): Placement | undefined {
  const [width, height] = [other.width / spot.width, other.height / spot.height]
  const left = mirrored ? 1 - spot.x - spot.width : spot.x
  const across = spanOf(other.x - width * left, width)
  const down = spanOf(other.y - height * spot.y, height)
  const isPossible = (across.isInside && down.isInside) || (across.isAround && down.isAround)
  return isPossible ? { window: { x: across.start, y: down.start, width, height }, mirrored } : undefined
}

function spanOf(start: number, length: number) {
  const end = start + length
  return {
    start,
    isInside: length > smallest && start >= -slack && end <= 1 + slack,
    isAround: length < largest && start <= slack && end >= 1 - slack,
  }
}

/** Whether two spots say the same of how two pictures lie. */
export const placementsAgree = (a: Placement, b: Placement): boolean =>
  a.mirrored === b.mirrored &&
  isNear(a.window.x, a.window.width, b.window.x, b.window.width) &&
  isNear(a.window.y, a.window.height, b.window.y, b.window.height)

const isNear = (start: number, length: number, other: number, otherLength: number) =>
  Math.abs(start + length / 2 - other - otherLength / 2) < near.middle &&
  length < otherLength * near.size &&
  otherLength < length * near.size
