import { onWhite } from './pixels.ts'

/** A part of the picture with this number, from 0, in its pixels. */
export interface CutRegion {
  picture: number
  left: number
  top: number
  right: number
  bottom: number
}

/** A picture as red, green and blue, one byte each. */
interface Plane {
  width: number
  height: number
  bytes: Buffer
}

type Place = Pick<CutRegion, 'left' | 'top'>

/** How often a picture's pixels may have been repeated to enlarge it. */
const largestFactor = 16
/** Places of a picture that are looked at in full: one that begins alike in more is of a pattern. */
const mostPlaces = 256

/**
 * From which region of which picture each of `parts` was cut, pixel by pixel, also where each pixel was repeated to
 * enlarge it, or turned into grey as Pillow does. Null where that is none, a whole picture, or not one place only: a
 * part in one colour lies anywhere. Memory holds all parts and one picture.
 */
export async function cutRegions(
  parts: readonly Uint8Array[],
  pictures: readonly Uint8Array[],
): Promise<(CutRegion | null)[]> {
  const cut = await Promise.all(parts.map(planeOf))
  const found = cut.map((): CutRegion[] => [])
  for (const [picture, bytes] of pictures.entries()) {
    const whole = await planeOf(bytes)
    const grey = cut.some(isGrey) ? inGrey(whole) : whole
    for (const [index, part] of cut.entries())
      for (const place of placesIn(isGrey(part) ? grey : whole, part))
        found[index]?.push({ picture, ...place })
  }
  return found.map(regions => (regions.length === 1 ? (regions[0] ?? null) : null))
}

async function planeOf(bytes: Uint8Array): Promise<Plane> {
  const drawn = onWhite(bytes).toColourspace('srgb').removeAlpha().raw()
  const { data, info } = await drawn.toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, bytes: data }
}

const isGrey = ({ bytes }: Plane): boolean => {
  for (let at = 0; at < bytes.length; at += 3)
    if (bytes[at] !== bytes[at + 1] || bytes[at] !== bytes[at + 2]) return false
  return true
}

/** Luma of ITU-R 601-2 in Pillow's whole numbers (`L24` of its Convert.c). */
function inGrey(plane: Plane): Plane {
  const bytes = Buffer.from(plane.bytes)
  for (let at = 0; at < bytes.length; at += 3) {
    const luma = (bytes[at] ?? 0) * 19_595 + (bytes[at + 1] ?? 0) * 38_470 + (bytes[at + 2] ?? 0) * 7471
    bytes[at] = bytes[at + 1] = bytes[at + 2] = (luma + 0x8000) >> 16
  }
  return { ...plane, bytes }
}

/** Where a part lies in a picture, with as little enlargement as possible. */
function placesIn(whole: Plane, part: Plane): Omit<CutRegion, 'picture'>[] {
  for (let factor = 1; factor <= largestFactor; factor++) {
    const small = shrunk(part, factor)
    const places = small ? placesOf(small, whole) : []
    if (small && places.length > 0)
      return places.map(({ left, top }) => ({
        ...{ left, top },
        ...{ right: left + small.width, bottom: top + small.height },
      }))
  }
  return []
}

/** The picture of which this one repeats each pixel so many times; undefined where it repeats them less often. */
function shrunk(plane: Plane, factor: number): Plane | undefined {
  if (factor === 1) return plane
  const [width, height] = [plane.width / factor, plane.height / factor]
  if (!Number.isInteger(width) || !Number.isInteger(height)) return undefined
  const bytes = Buffer.alloc(width * height * 3)
  for (let y = 0; y < plane.height; y++)
    for (let x = 0; x < plane.width; x++) {
      const [from, to] = [
        (y * plane.width + x) * 3,
        (Math.floor(y / factor) * width + Math.floor(x / factor)) * 3,
      ]
      if (y % factor === 0 && x % factor === 0) plane.bytes.copy(bytes, to, from, from + 3)
      else if (plane.bytes.compare(bytes, to, to + 3, from, from + 3) !== 0) return undefined
    }
  return { width, height, bytes }
}

/** What stands for more places than are looked for. */
const anywhere: Place[] = [
  { left: 0, top: 0 },
  { left: 0, top: 0 },
]

/** Where `part` lies in `whole`: one place, none, or more, which need not be all. */
function placesOf(part: Plane, whole: Plane): Place[] {
  const isPart =
    part.width <= whole.width && part.height <= whole.height && part.bytes.length < whole.bytes.length
  const row = isPart ? liveliest(part) : undefined
  if (row === undefined) return []
  const found: Place[] = []
  let looked = 0
  for (const { left, top } of alike(rowOf(part, row), whole)) {
    if (++looked > mostPlaces || found.length > 1) return anywhere
    const place = { left, top: top - row }
    if (liesAt(part, whole, place)) found.push(place)
  }
  return found
}

/** The row of a picture in which colours change most often; undefined where the picture has one colour. */
function liveliest(plane: Plane): number | undefined {
  const changes = Array.from({ length: plane.height }, (_, y) => changesIn(rowOf(plane, y)))
  const most = Math.max(...changes)
  if (most > 0) return changes.indexOf(most)
  const first = rowOf(plane, 0)
  const other = changes.findIndex((_, y) => !first.equals(rowOf(plane, y)))
  return other < 0 ? undefined : other
}

function changesIn(row: Buffer): number {
  let changes = 0
  for (let at = 3; at < row.length; at++) if (row[at] !== row[at - 3]) changes++
  return changes
}

const rowOf = ({ width, bytes }: Plane, y: number, left = 0, length = width): Buffer =>
  bytes.subarray((y * width + left) * 3, (y * width + left + length) * 3)

/** Where a row of pixels has the hash of `wanted`, by one that is rolled along (Karp and Rabin, 1987). */
function* alike(wanted: Buffer, whole: Plane): Generator<Place> {
  const [target, first] = [hashOfRow(wanted), power(wanted.length)]
  for (let top = 0; top < whole.height; top++) {
    const row = rowOf(whole, top)
    let hash = hashOfRow(row.subarray(0, wanted.length))
    for (let at = wanted.length; ; at++) {
      const start = at - wanted.length
      if (hash === target && start % 3 === 0) yield { left: start / 3, top }
      if (at >= row.length) break
      hash = (Math.imul(hash, base) + (row[at] ?? 0) - Math.imul(first, row[start] ?? 0)) | 0
    }
  }
}

const base = 16_777_619

const hashOfRow = (row: Buffer): number => row.reduce((hash, byte) => (Math.imul(hash, base) + byte) | 0, 0)

const power = (times: number): number => {
  let result = 1
  for (let done = 0; done < times; done++) result = Math.imul(result, base)
  return result
}

function liesAt(part: Plane, whole: Plane, { left, top }: Place): boolean {
  if (top < 0 || top + part.height > whole.height) return false
  for (let y = 0; y < part.height; y++)
    if (!rowOf(part, y).equals(rowOf(whole, top + y, left, part.width))) return false
  return true
}
