import { cells, integral, type Plane, type Window, whole } from './plane.ts'
import {
  glanceSide,
  likeness,
  partsOf,
  placesFor,
  type Template,
  templateIn,
  templateSide,
} from './template.ts'

/**
 * A picture ready to be compared: sums of its red, green and blue, what of it is laid over others, mirrored or not, and
 * what others are laid over.
 */
export interface Comparable {
  sums: Plane[]
  template: Template
  mirrored: Template
  parts: Template[]
}

/** The smallest part of a picture, along each side, that counts as the same. */
const smallest = 0.66
/** Where the inner picture may lie at first: squares; they are stretched as they are fitted. */
const places = placesFor([1, 0.94, 0.88, 0.8, 0.7])
/** Places that a closer look is taken at, for each way of laying one in the other, and those that are then fitted. */
const starts = 16
const fitted = 4

export function comparable(planes: readonly Plane[]): Comparable {
  const sums = planes.map(integral)
  return {
    sums,
    template: templateIn(pixelsIn(sums, templateSide, false)),
    mirrored: templateIn(pixelsIn(sums, templateSide, true)),
    parts: partsOf(pixelsIn(sums, glanceSide, false), places),
  }
}

/** A picture in `size` × `size` pixels, three bytes each. */
function pixelsIn(sums: readonly Plane[], size: number, mirrored: boolean): Uint8Array {
  const colours = sums.map(each => view(each, whole, size, mirrored))
  return Uint8Array.from({ length: 3 * size ** 2 }, (_, at) =>
    Math.round(colours[at % 3]?.[Math.floor(at / 3)] ?? 0),
  )
}

/** How one picture lies in another: the whole of `inner` is a `window` of `outer`, perhaps mirrored. */
export interface Alignment {
  inner: Comparable
  outer: Comparable
  window: Window
  mirrored: boolean
}

/** Two pictures of which one may be a part of the other, perhaps mirrored. */
interface Pair extends Omit<Alignment, 'window'> {
  /** How badly the inner picture fits a window of the outer one: the mean difference of their greens, of 255. */
  misfit(window: Window): number
}

/** The ways in which one of two pictures may lie in the other, the likeliest first. */
export function* alignments(a: Comparable, b: Comparable): Iterable<Alignment> {
  const pairs = [pairOf(a, b, false), pairOf(a, b, true), pairOf(b, a, false), pairOf(b, a, true)]
  const likeliest = pairs
    .flatMap(pair => promising(pair).map(window => ({ pair, window, misfit: pair.misfit(window) })))
    .filter(({ misfit }) => misfit < unfitted)
    .sort((x, y) => x.misfit - y.misfit)
    .slice(0, fitted)
  for (const { pair, window } of likeliest) {
    const found = refined(pair, window)
    if (found) yield { ...pair, window: found }
  }
}

function pairOf(inner: Comparable, outer: Comparable, mirrored: boolean): Pair {
  const pattern = view(greenOf(inner), whole, fitSide, mirrored)
  const green = greenOf(outer)
  return { inner, outer, mirrored, misfit: window => meanDifference(pattern, cells(green, window, fitSide)) }
}

function greenOf({ sums: [, green] }: Comparable): Plane {
  if (!green) throw new Error('a picture is compared by three colours')
  return green
}

/** Where the inner picture fits the outer one best, as templates do. */
function promising({ inner, outer, mirrored }: Pair): Window[] {
  const template = mirrored ? inner.mirrored : inner.template
  return places
    .map(({ window }, place) => ({ window, fit: fitOf(template, outer.parts[place]) }))
    .sort((a, b) => b.fit - a.fit)
    .slice(0, starts)
    .map(({ window }) => window)
}

const fitOf = (template: Template, part: Template | undefined) => (part ? likeness(template, part) : 0)

/** Cells a side in which a window is moved and stretched until it fits best. */
const fitSide = 20
/**
 * How far a window is moved at once, and the misfit, of 255, above which moving it less far is of no use. Of 678
 * changed copies none had more than 40, 19, 12, 6 and 4 at these steps; pictures that share nothing have 10 and more at
 * the end.
 */
const unfitted = 50
const fitSteps = [
  { step: 0.02, hopeless: 26 },
  { step: 0.01, hopeless: 16 },
  { step: 0.005, hopeless: 9 },
  { step: 0.0025, hopeless: 6 },
]

/** The window moved and stretched until it fits best; undefined where the pictures show different things. */
function refined({ misfit }: Pair, start: Window): Window | undefined {
  let best = { window: start, misfit: misfit(start) }
  for (const { step, hopeless } of fitSteps) {
    for (let moved = true; moved; ) {
      moved = false
      for (const window of neighbours(best.window, step)) {
        const tried = misfit(window)
        if (tried >= best.misfit) continue
        best = { window, misfit: tried }
        moved = true
      }
    }
    if (best.misfit > hopeless) return undefined
  }
  return best.window
}

function* neighbours(window: Window, step: number): Iterable<Window> {
  for (const by of [-step, step]) {
    const { x, y, width, height } = window
    const moved = [
      { ...window, x: x + by },
      { ...window, y: y + by },
      { ...window, width: width + by },
      { ...window, height: height + by },
      { ...window, x: x + by, width: width - by },
      { ...window, y: y + by, height: height - by },
      { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by },
    ]
    yield* moved.filter(isInside)
  }
}

const isInside = ({ x, y, width, height }: Window) =>
  x >= 0 && y >= 0 && x + width <= 1.0001 && y + height <= 1.0001 && width >= smallest && height >= smallest

/** The means of a window's cells, from left to right or, mirrored, from right to left. */
export function view(sums: Plane, window: Window, size: number, mirrored: boolean): Float32Array {
  const seen = cells(sums, window, size)
  if (!mirrored) return seen
  for (let row = 0; row < size; row++) seen.subarray(row * size, (row + 1) * size).reverse()
  return seen
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0))
  return sum / a.length
}
