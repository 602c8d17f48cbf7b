import { cells, integral, type Plane, type Window, whole } from './plane.ts'

/** A picture ready to be compared: sums of its red, green and blue, and a coarse grey copy. */
export interface Comparable {
  sums: Plane[]
  coarse: Float32Array
  /** Of each window that is tried: sums over its quarters. */
  quarters: Float64Array
}

const coarseSide = 32
/** Points a side at which the coarse copies are compared. */
const probes = 10
/** The smallest part of a picture, along each side, that counts as the same, and the steps in which parts are tried. */
const smallest = 0.66
const steps = 9
/** Mean difference of the coarse copies, of 255, above which no closer look is taken. */
const hopeless = 40
/** Places that a closer look is taken at, for each way of laying one in the other, and those that are then fitted. */
const starts = 12
const fitted = 4

export function comparable(planes: readonly Plane[]): Comparable {
  const sums = planes.map(integral)
  const colours = sums.map(each => cells(each, whole, coarseSide))
  const coarse = Float32Array.from({ length: coarseSide ** 2 }, (_, at) =>
    colours.reduce((sum, colour) => sum + (colour[at] ?? 0) / 3, 0),
  )
  return { sums, coarse, quarters: quartersOf(coarse, windows) }
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

function promising({ inner, outer, mirrored }: Pair): Window[] {
  const pattern = probed(inner.coarse, mirrored)
  const quarters = quartersOf(pattern, [{ at: pattern.keys().toArray() }])
  const best: { window: Window; difference: number }[] = []
  for (const [number, { window, at }] of windows.entries()) {
    const least = best.length < starts ? hopeless : (best.at(-1)?.difference ?? hopeless)
    if (leastDifference(quarters, outer.quarters, number) > least) continue
    const difference = distance(pattern, outer.coarse, at, least)
    if (difference >= least) continue
    const place = best.findLastIndex(each => each.difference <= difference) + 1
    best.splice(place, 0, { window, difference })
    if (best.length > starts) best.pop()
  }
  return best.map(({ window }) => window)
}

/**
 * Parts of a picture of every size and place that counts, about as wide as high, with the points that are looked at.
 */
const windows = sizes().flatMap(width =>
  sizes()
    .filter(height => width / height < 1.3 && height / width < 1.3)
    .flatMap(height => places(width).flatMap(x => places(height).map(y => probing({ x, y, width, height })))),
)

function probing(window: Window): { window: Window; at: Uint16Array } {
  const { x, y, width, height } = window
  const place = (start: number, length: number, probe: number) =>
    Math.min(coarseSide - 1, Math.floor((start + (length * (probe + 0.5)) / probes) * coarseSide))
  const at = Uint16Array.from(
    { length: probes ** 2 },
    (_, probe) => place(y, height, Math.floor(probe / probes)) * coarseSide + place(x, width, probe % probes),
  )
  return { window, at }
}

function sizes(): number[] {
  return Array.from({ length: steps }, (_, index) => 1 - (index * (1 - smallest)) / (steps - 1))
}

/** Starts for a window of that size, evenly spread. */
function places(size: number): number[] {
  const count = Math.round((1 - size) / 0.045) + 1
  return Array.from({ length: count }, (_, index) => (count === 1 ? 0 : ((1 - size) * index) / (count - 1)))
}

const centre = probing(whole).at

const probed = (coarse: Float32Array, mirrored: boolean) =>
  Float32Array.from(centre, (_, probe) => {
    const column = probe % probes
    return coarse[centre[mirrored ? probe - column + probes - 1 - column : probe] ?? 0] ?? 0
  })

/** Of each probe, which quarter of its window it lies in. */
const quarterOf = Uint8Array.from({ length: probes ** 2 }, (_, probe) => {
  const [row, column] = [Math.floor(probe / probes), probe % probes]
  return 2 * Math.floor((2 * row) / probes) + Math.floor((2 * column) / probes)
})

/** Of each window, one after the other, the sums of its quarters' probes. */
function quartersOf(coarse: Float32Array, places: readonly { at: ArrayLike<number> }[]): Float64Array {
  const sums = new Float64Array(4 * places.length)
  for (const [number, { at }] of places.entries())
    for (let probe = 0; probe < at.length; probe++) {
      const sum = 4 * number + (quarterOf[probe] ?? 0)
      sums[sum] = (sums[sum] ?? 0) + (coarse[at[probe] ?? 0] ?? 0)
    }
  return sums
}

/** What the mean difference is at least, since sums differ by no more than their parts. */
function leastDifference(quarters: Float64Array, all: Float64Array, window: number): number {
  let sum = 0
  for (let quarter = 0; quarter < 4; quarter++)
    sum += Math.abs((quarters[quarter] ?? 0) - (all[4 * window + quarter] ?? 0))
  return sum / probes ** 2
}

/** Mean difference, or infinity where it is more than matters. */
function distance(pattern: Float32Array, coarse: Float32Array, at: Uint16Array, most: number): number {
  const limit = most * probes ** 2
  let sum = 0
  for (let probe = 0; probe < pattern.length; probe++) {
    sum += Math.abs((pattern[probe] ?? 0) - (coarse[at[probe] ?? 0] ?? 0))
    if (sum > limit) return Number.POSITIVE_INFINITY
  }
  return sum / probes ** 2
}

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
