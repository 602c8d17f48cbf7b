/** A grey picture: rows of values from 0 to 255. */
export interface Plane {
  width: number
  height: number
  values: Float32Array
}

/** A part of a picture, in shares of its width and height: its upper left corner and its size. */
export interface Window {
  x: number
  y: number
  width: number
  height: number
}

export const whole: Window = { x: 0, y: 0, width: 1, height: 1 }

/** Sums over all values above and left of a place, from which the mean of any rectangle is four look-ups. */
export function integral({ width, height, values }: Plane): Plane {
  const sums = new Float32Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y++) {
    let row = 0
    for (let x = 0; x < width; x++) {
      row += values[y * width + x] ?? 0
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + row
    }
  }
  return { width: width + 1, height: height + 1, values: sums }
}

/** The means of a window's `size` × `size` equal cells. */
export function cells(sums: Plane, window: Window, size: number): Float32Array {
  const columns = edges(window.x, window.width, size, sums.width - 1)
  const rows = edges(window.y, window.height, size, sums.height - 1)
  const area = (window.width * (sums.width - 1) * window.height * (sums.height - 1)) / size ** 2
  const means = new Float32Array(size ** 2)
  // The sums along the end of the row before and along that of this row, in turns.
  const ends = [new Float64Array(size + 1), new Float64Array(size + 1)] as const
  sumAlong(sums, columns, { pixel: rows.pixels[0] ?? 0, beyond: rows.beyond[0] ?? 0 }, ends[0])
  for (let row = 0; row < size; row++) {
    const [above, below] = row % 2 === 0 ? ends : [ends[1], ends[0]]
    sumAlong(sums, columns, { pixel: rows.pixels[row + 1] ?? 0, beyond: rows.beyond[row + 1] ?? 0 }, below)
    for (let column = 0; column < size; column++) {
      const upper = (above[column + 1] ?? 0) - (above[column] ?? 0)
      const lower = (below[column + 1] ?? 0) - (below[column] ?? 0)
      means[row * size + column] = (lower - upper) / area
    }
  }
  return means
}

/** Where cells end: the pixel before each end, and how far beyond it the end lies, from 0 to 1. */
interface Edges {
  pixels: Int32Array
  beyond: Float64Array
}

function edges(start: number, length: number, size: number, pixels: number): Edges {
  const found = { pixels: new Int32Array(size + 1), beyond: new Float64Array(size + 1) }
  for (let index = 0; index <= size; index++) {
    const place = Math.min(pixels, Math.max(0, (start + (length * index) / size) * pixels))
    const pixel = Math.min(pixels - 1, Math.floor(place))
    found.pixels[index] = pixel
    found.beyond[index] = place - pixel
  }
  return found
}

/** The sums at the ends of all columns along the end of a row; between pixels, sums grow evenly. */
function sumAlong(
  { width, values }: Plane,
  columns: Edges,
  row: { pixel: number; beyond: number },
  sums: Float64Array,
) {
  const [from, down] = [row.pixel * width, row.beyond]
  for (let column = 0; column < sums.length; column++) {
    const at = from + (columns.pixels[column] ?? 0)
    const right = columns.beyond[column] ?? 0
    const above = (values[at] ?? 0) * (1 - right) + (values[at + 1] ?? 0) * right
    const below = (values[at + width] ?? 0) * (1 - right) + (values[at + width + 1] ?? 0) * right
    sums[column] = above * (1 - down) + below * down
  }
}
