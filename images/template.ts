import { oklab } from './colours.ts'
import { pixelsOf } from './pixels.ts'
import type { Window } from './plane.ts'

/** Pixels a side of a glance. */
export const glanceSide = 32
/** Cells a side that a query is laid over a picture in. */
export const templateSide = 8
/** Pixels of a glance from one place to the next. */
const step = 2
/** Of the variance of colour: keeps noise in a plain picture from counting as a pattern. */
const calm = 0.0005

/** What is kept of a picture to find where in it a query lies: its colours in 32 by 32 pixels, three bytes each. */
export const glanceOf = (bytes: Uint8Array): Promise<Uint8Array> => pixelsOf(bytes, glanceSide)

/** A query in 8 by 8 cells, ready to be laid over pictures. */
export interface Template {
  /** Oklab, less its mean. */
  colours: Float32Array
  mean: Float32Array
  deviation: number
}

export const templateOf = async (bytes: Uint8Array): Promise<Template> =>
  templateIn(await pixelsOf(bytes, templateSide))

/** The template whose cells are these pixels, three bytes each. */
export const templateIn = (pixels: Uint8Array): Template => centred(coloursOf(pixels))

/**
 * For each template, how well it fits the part of a picture that it fits best: 1 for the same, near 0 for any other. It
 * is the correlation of colours (template matching), less the distance of their means.
 */
export function bestFits(templates: readonly Template[], parts: readonly Template[]): number[] {
  const best = templates.map(() => 0)
  for (const part of parts)
    templates.forEach((template, index) => {
      best[index] = Math.max(best[index] ?? 0, likeness(template, part))
    })
  return best
}

/** Every part of a picture that a query is laid over, some 0.8 kB each, from its glance. */
export function partsOf(glance: Uint8Array, places: readonly Place[] = searched): Template[] {
  const sums = summed(coloursOf(glance))
  return places.map(({ corners }) => centred(averages(sums, corners)))
}

/** Lightness counts half as much as both colour axes do. */
function coloursOf(pixels: Uint8Array): Float32Array {
  const colours = new Float32Array(pixels.length)
  for (let at = 0; at < pixels.length; at += 3) {
    const [lightness, greenRed, blueYellow] = oklab(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0)
    colours.set([lightness, 2 * greenRed, 2 * blueYellow], at)
  }
  return colours
}

function centred(colours: Float32Array): Template {
  const share = 3 / colours.length
  const mean = new Float32Array(3)
  let variance = calm
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0
    for (let at = axis; at < colours.length; at += 3) sum += colours[at] ?? 0
    const middle = sum * share
    mean[axis] = middle
    for (let at = axis; at < colours.length; at += 3) {
      const value = (colours[at] ?? 0) - middle
      colours[at] = value
      variance += value * value * share
    }
  }
  return { colours, mean, deviation: Math.sqrt(variance) }
}

/** How well a query fits a part of a picture. */
export function likeness(one: Template, other: Template): number {
  let sum = 0
  for (let at = 0; at < one.colours.length; at++) sum += (one.colours[at] ?? 0) * (other.colours[at] ?? 0)
  const covariance = (sum * 3) / one.colours.length
  const [x = 0, y = 0, z = 0] = one.mean
  const [u = 0, v = 0, w = 0] = other.mean
  return covariance / one.deviation / other.deviation - Math.hypot(x - u, y - v, z - w)
}

const stride = (glanceSide + 1) * 3

/** For each cell of a part where its four corners stand among the sums, and its pixels. */
type CellCorners = {
  northwest: number
  northeast: number
  southwest: number
  southeast: number
  area: number
}[]

/** Where a query may lie in a picture. */
interface Place {
  window: Window
  corners: CellCorners
}

/** Every place for a query that shows so much of a picture's width and height. */
export const placesFor = (scales: readonly number[]): Place[] =>
  scales.flatMap(scale => {
    const size = Math.round(scale * glanceSide)
    const starts = Array.from(
      { length: Math.floor((glanceSide - size) / step) + 1 },
      (_, index) => index * step,
    )
    return starts.flatMap(top => starts.map(left => placeAt(left, top, size)))
  })

function placeAt(left: number, top: number, size: number): Place {
  const border = (cell: number) => Math.round((cell * size) / templateSide)
  const corners = Array.from({ length: templateSide ** 2 }, (_, cell) => {
    const [column, row] = [cell % templateSide, Math.floor(cell / templateSide)]
    const [west, east] = [left + border(column), left + border(column + 1)]
    const [north, south] = [top + border(row), top + border(row + 1)]
    return {
      northwest: north * stride + west * 3,
      northeast: north * stride + east * 3,
      southwest: south * stride + west * 3,
      southeast: south * stride + east * 3,
      area: (east - west) * (south - north),
    }
  })
  const [x, y, share] = [left / glanceSide, top / glanceSide, size / glanceSide]
  return { window: { x, y, width: share, height: share }, corners }
}

/**
 * For each point the sums of all colours above and left of it, from which that of any rectangle follows (Crow 1984).
 */
function summed(colours: Float32Array): Float64Array {
  const sums = new Float64Array((glanceSide + 1) * stride)
  for (let y = 0; y < glanceSide; y++) {
    for (let x = 0; x < glanceSide * 3; x++) {
      const at = (y + 1) * stride + x + 3
      sums[at] =
        (colours[y * glanceSide * 3 + x] ?? 0) +
        (sums[at - 3] ?? 0) +
        (sums[at - stride] ?? 0) -
        (sums[at - stride - 3] ?? 0)
    }
  }
  return sums
}

function averages(sums: Float64Array, part: CellCorners): Float32Array {
  const colours = new Float32Array(templateSide ** 2 * 3)
  let at = 0
  for (const { northwest, northeast, southwest, southeast, area } of part) {
    for (let axis = 0; axis < 3; axis++) {
      const below = (sums[southeast + axis] ?? 0) - (sums[southwest + axis] ?? 0)
      const above = (sums[northeast + axis] ?? 0) - (sums[northwest + axis] ?? 0)
      colours[at++] = (below - above) / area
    }
  }
  return colours
}

/** Where the query of a search may lie. */
const searched = placesFor([1, 0.9, 0.8, 0.7, 0.6])
