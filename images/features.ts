import { oklab, paletteShares, paletteSize } from './colours.ts'
import { pixelsOf } from './pixels.ts'

const width = 64
const height = 48
/**
 * Cells a side of the grid in which colours and edges are counted: coarse, so that a shift or a crop changes little.
 */
const cells = 4
const directions = 6
/** How much edges count beside colours. Measured: bench/image-search.ts. */
const edgeWeight = 0.5

/** Length of a feature vector. */
export const featureSize = cells * cells * (paletteSize + directions)

/**
 * What an image looks like: where its colours and its edges are, whatever its size and aspect ratio. A unit vector, so
 * that a dot product is a similarity from 0 to 1. Throws what sharp throws for bytes it cannot read.
 */
export async function features(bytes: Uint8Array): Promise<Float32Array> {
  const pixels = await pixelsOf(bytes, width, height)
  const colours = unit(colourGrid(pixels))
  const edges = unit(edgeGrid(pixels)).map(value => value * Math.sqrt(edgeWeight))
  return unit(Float32Array.from([...colours, ...edges]))
}

function unit(values: Float32Array): Float32Array {
  const norm = Math.hypot(...values)
  return norm === 0 ? values : values.map(value => value / norm)
}

function colourGrid(pixels: Uint8Array): Float32Array {
  const grid = emptyGrid(paletteSize)
  for (let at = 0; at < width * height; at++) {
    const shares = paletteShares(...rgbAt(pixels, at))
    shares.forEach((share, colour) => {
      if (share > 0.01) grid.add(at, colour, share)
    })
  }
  return grid.roots()
}

/** Directions of edges without their sign, as in histograms of oriented gradients (Dalal and Triggs 2005). */
function edgeGrid(pixels: Uint8Array): Float32Array {
  const axes = axesOf(pixels)
  const grid = emptyGrid(directions)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const { strength, angle } = edgeAt(axes, at)
      if (strength > 0.01) grid.add(at, Math.round((angle / Math.PI) * directions) % directions, strength)
    }
  }
  return grid.roots()
}

/** Lightness and twice both colour axes, each of all pixels. */
function axesOf(pixels: Uint8Array): Float64Array[] {
  const axes = [0, 1, 2].map(() => new Float64Array(width * height))
  for (let at = 0; at < width * height; at++) {
    const colour = oklab(...rgbAt(pixels, at))
    for (const [axis, values] of axes.entries()) values[at] = (colour[axis] ?? 0) * (axis === 0 ? 1 : 2)
  }
  return axes
}

/** The strongest edge over lightness and both colour axes; its angle from 0 to π. */
function edgeAt(axes: readonly Float64Array[], at: number): { strength: number; angle: number } {
  let [x, y, strength] = [0, 0, -1]
  for (const values of axes) {
    const across = (values[at + 1] ?? 0) - (values[at - 1] ?? 0)
    const down = (values[at + width] ?? 0) - (values[at - width] ?? 0)
    const found = Math.hypot(across, down)
    if (found > strength) [x, y, strength] = [across, down, found]
  }
  const angle = Math.atan2(y, x)
  return { strength, angle: angle < 0 ? angle + Math.PI : angle }
}

function rgbAt(pixels: Uint8Array, at: number): [number, number, number] {
  return [pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0]
}

/** Counts of `kinds` things in each cell; a pixel counts for the cells around it, the nearer the more. */
function emptyGrid(kinds: number) {
  const counts = new Float32Array(cells * cells * kinds)
  return {
    add(at: number, kind: number, amount: number) {
      for (const { cell, share } of nearCells[at] ?? []) {
        const index = cell * kinds + kind
        counts[index] = (counts[index] ?? 0) + share * amount
      }
    },
    /** Square roots make a dot product the Bhattacharyya similarity of two histograms. */
    roots: () => counts.map(Math.sqrt),
  }
}

const nearCells = Array.from({ length: width * height }, (_, at) =>
  near(Math.floor(at / width), height).flatMap(row =>
    near(at % width, width).map(column => ({
      cell: row.cell * cells + column.cell,
      share: row.share * column.share,
    })),
  ),
)

function near(position: number, length: number): { cell: number; share: number }[] {
  const place = Math.min(cells - 1, Math.max(0, ((position + 0.5) * cells) / length - 0.5))
  const cell = Math.floor(place)
  const share = place - cell
  return share === 0
    ? [{ cell, share: 1 }]
    : [
        { cell, share: 1 - share },
        { cell: cell + 1, share },
      ]
}
